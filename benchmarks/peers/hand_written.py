"""The `if` chain written by hand: the yardstick."""

from benchmarks.hand_written import decide
from benchmarks.peers import Peer

PEER = Peer("hand-written ifs", "", {"nested ifs": lambda ruleset: decide})
