"""Free text through a machine: cut, protected, translated in a process apart, and held where anything is in doubt."""
