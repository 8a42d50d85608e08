"""The guided checks: calibration, echo test, enrolment."""
