"""What a command says, in words or as an object, when it fails."""
