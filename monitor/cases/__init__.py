"""What a case is and how it moves: pure functions over values, with `now` as an argument."""
