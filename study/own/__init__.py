"""Tables of one's own: read from files, OpenML or a function, understood column by column, and prepared for networks."""
