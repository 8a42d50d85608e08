"""The file that ``voice-tui load`` gives to Locust, and that a fleet of machines is started with.

locust -f locustfile.py --master, and on each machine locust -f locustfile.py --worker --master-host HOST.
"""

from voice_tui.load.callers import Caller
from voice_tui.load.speech import INTERRUPTION, LONG, QUESTIONS, spoken

__all__ = ["Caller"]

spoken.prepare(*QUESTIONS, LONG, INTERRUPTION)
