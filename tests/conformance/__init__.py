"""Whether the terminal does what the specifications say, one control function after the other."""
