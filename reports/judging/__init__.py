"""From evidence to a verdict: intervals, decision rules, claims, and the words for them."""
