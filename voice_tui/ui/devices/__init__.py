"""The devices: which there are, how loud each microphone is, which are used."""
