"""What can be heard in a piece of sound: spectra, pitch, mel bands, the movement of a voice."""
