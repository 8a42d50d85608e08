"""Telling voices apart: voiceprints, diarisation, enrolment, overlap."""
