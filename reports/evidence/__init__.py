"""What the results table holds, as evidence: checked, measured, chosen without optimism, paired by seed."""
