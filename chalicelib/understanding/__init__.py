"""Reading what people say: from a text and a catalogue to order lines, without a model."""
