"""The network to take away: trained again from the study, as scikit-learn's own classes, with a card that says what it is."""
