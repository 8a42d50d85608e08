"""The order of events: what a server leaves out, misnames or swaps is put right before anybody acts on it."""
