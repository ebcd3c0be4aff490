"""Files that operators hand in or take away: of codes, as streams, and of a catalogue."""
