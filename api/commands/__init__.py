"""The commands of `aiguillage`: one file each. `api/cli.py` lists them."""
