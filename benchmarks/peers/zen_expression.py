"""zen-engine's expression language without its decision graph."""

from benchmarks.peers import Peer
from benchmarks.peers.zen_engine import PEER as ZEN
from benchmarks.peers.zen_engine import expression

PEER = Peer("zen-engine, bare expression", ZEN.version, {"one compiled expression": expression})
