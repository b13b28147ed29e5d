// Asks a person's phone or card, and brings the answer back to the house.
