"""Identities of batch normalisation: what the posts say of its mechanics holds to the last digits, or does not."""

from reports.experiments.exact import Identity
from reports.judging.claim import Quote

IDENTITIES = (
    Identity(
        "B3b",
        "However large the linear layer’s output is, the normalised one is the same",
        Quote(
            "001",
            "The activation function is operated at the non-saturated part no matter how the linear layer output distribution is.",
        ),
        "scale_invariance",
        "Output for weights and biases times 7 against that for ε divided by 49, which is all that such a factor does.",
        issue="the scale of the linear layer’s output does not matter",
        supported="the scale of the linear layer’s output does not matter, but by way of ε",
        contradicted="the scale of the linear layer’s output matters",
    ),
    Identity(
        "B8",
        "Whatever the earlier layers do, mean and variance remain the same: before γ and β",
        Quote(
            "004",
            "What batch norm does is that no matter how the parameter of the previous layer changes, their mean and variance will remain the same.",
        ),
        "moments_before",
        "Mean and variance over the batch, before γ and β, against 0 and v/(v + ε), v the variance that comes in.",
        issue="mean and variance remain the same before γ and β",
        supported="mean and variance remain the same before γ and β",
        contradicted="even before γ and β, mean and variance change",
    ),
    Identity(
        "M1",
        "The batch statistics of a single example are meaningless",
        Quote(
            "000",
            "During the inference, since we usually test a single example one time, the batch mean and average computed is meaningless. Instead, we use the statistics in the training data.",
        ),
        "one_example",
        "A batch of one example is normalised to zero, whatever it was, so that the output is β: largest deviation from it.",
        issue="the statistics of one example are meaningless",
        supported="the statistics of one example are meaningless: normalised by them, any comes out as β",
        contradicted="a single example keeps something of itself",
    ),
    Identity(
        "M2",
        "The running mean is 0.9 of the old and 0.1 of the new batch: an exponential moving average",
        Quote(
            "002",
            "running_mean[t] = running_mean[t-1]*0.9 + batch_mean[t]*0.1; this 0.1 here is nothing but momentum.",
        ),
        "running",
        "Running mean after T batches against the sum of m (1 − m)^(T − t) times the mean of batch t, from a start at 0, m being the new batch’s weight (0.1: half of it is forgotten after 6.6 batches; Keras calls 1 − m momentum).",
        issue="the running mean is the exponential moving average",
        supported="the running mean is the exponential moving average of the batches’ means",
        contradicted="the running mean is another average",
    ),
    Identity(
        "M5",
        "Joint whitening is singular where the batch is smaller than the layer",
        Quote(
            "003",
            "Note that the use of mini batches is enabled by computation of per-dimension variances rather than joint covariances; in the joint case, regularization would be required since the mini-batch size is likely to be smaller than the number of activations being whitened, resulting in singular covariance matrices.",
        ),
        "whitening",
        "Smallest eigenvalue of the covariance of n units over n rows, by the largest: rows no more than units leave it singular.",
        issue="the covariance of no more rows than units is singular",
        supported="the covariance of no more rows than units is singular, and cannot be whitened",
        contradicted="the covariance of so few rows can be whitened",
    ),
    Identity(
        "M6",
        "At inference batch normalisation is a single linear transform",
        Quote(
            "003",
            "Since the means and variances are fixed during inference, the normalization is simply a linear transform applied to each activation. It may further be composed with the scaling by γ and shift by β, to yield a single linear transform that replaces BN(x).",
        ),
        "fold",
        "Logits of the network with normalisation folded into its weights against those of the network itself, on random rows.",
        issue="normalisation is one linear transform at inference",
        supported="normalisation is one linear transform at inference: folded into the weights, it gives the same logits",
        contradicted="folding changes the logits",
    ),
    Identity(
        "M7",
        "Normalisation can be undone by changing only two weights for each activation",
        Quote(
            "002",
            "Batch normalization lets SGD (Stochastic gradient descent) do the denormalization by changing only these two weights for each activation, instead of losing the stability of the network by changing all the weights.",
        ),
        "restored",
        "With γ = √(Var x + ε) and β = E x the layer’s output against its input.",
        issue="two weights for each activation undo the normalisation",
        supported="two weights for each activation undo the normalisation",
        contradicted="γ and β cannot undo the normalisation",
    ),
    Identity(
        "M9",
        "Parameters before normalisation are given as W and b; the b does nothing",
        Quote(
            "004",
            "First, feeding the input X into the first hidden layer and then compute Z[1] govern by the parameters W[1], b[1]. We then take this parameter Z[1] and apply batch norm.",
        ),
        "redundant_bias",
        "Logits in training with a bias added before normalisation against those without.",
        issue="a bias before normalisation changes nothing",
        supported="a bias before normalisation changes nothing: the post’s b[1] could be left out",
        contradicted="a bias before normalisation matters",
    ),
)
CLAIMS = tuple(each.claim() for each in IDENTITIES)
