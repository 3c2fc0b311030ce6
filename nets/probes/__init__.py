"""Instruments on a training run, each a module of its own.

``Hyper.probes`` names those to take, joined by "+"; what they measure is in ``Outcome.measures`` under "probe.quantity".
A probe works on copies in float64 and changes nothing of the training run. It looks at the first 1,024 rows of a
split, where there are more, and at the end at the weights that are evaluated (``Hyper.weights``). A network that
diverged has no measures; a value that does not exist is ``None``. Checkpoints are the start and those of
``Hyper.checkpoints``; layers are the hidden ones, "all layers" those and the last.

    name | axes | unit | meaning
    curves.step | checkpoints | steps | optimiser steps made at the start, 0, and at each checkpoint
    curves.train_loss | checkpoints | nats | training loss in evaluation
    curves.train_error | checkpoints | share | training error in evaluation
    curves.valid_loss | checkpoints | nats | validation loss; after the start the same as curve, to rounding
    curves.valid_error | checkpoints | share | validation error
    saturation.step | checkpoints | steps | optimiser steps made at the start, 0, and at each checkpoint
    saturation.share | checkpoints × layers | share | units × rows with |f'|/max f' < 0.1; for ReLU: inactive
    saturation.dead | checkpoints × layers | share | units that are so on every row
    moments.step | checkpoints | steps | optimiser steps made at the start, 0, and at each checkpoint
    moments.mean | checkpoints × layers | – | root mean square over units of the mean that the next layer receives
    moments.variance | checkpoints × layers | – | mean over units of the variance that the next layer receives
    moments.mean_drift | intervals × layers | spreads | root mean square change of those means to the next checkpoint, by the spread before it
    moments.felt_drift | intervals × layers | spreads | the same of means that hold the noise after normalisation of one step at each checkpoint
    moments.spread_drift | intervals × layers | spreads | the same of the standard deviations
    moments.scaled_mean | checkpoints × layers | – | root mean square over units of the mean after γ and β (before them: 0)
    moments.scaled_variance | checkpoints × layers | – | mean over units of the variance after γ and β (before them: 1)
    weights.step | checkpoints | steps | optimiser steps made at the start, 0, and at each checkpoint
    weights.norm | checkpoints × all layers | – | ‖W‖ of each layer's weights, without biases
    weights.effective_rate | checkpoints × all layers | – | learning rate of the step to come, by ‖W‖²
    deletion.one_mean | layers | nats | loss added by deleting one unit, mean over the units of a layer
    deletion.one_mean_error | layers | share | errors added by deleting one unit, mean over the units of a layer
    deletion.one_max | layers | nats | the same, greatest over the units
    deletion.quarter | number | nats | loss added by deleting a quarter of the units of every hidden layer, mean over 20 random sets
    deletion.quarter_error | number | share | the same by deleting a quarter of the units of every hidden layer
    deletion.noise_dose | doses | spreads | standard deviation of normal noise, by that of a layer's weights
    deletion.weight_noise | doses | nats | loss added by such noise on every weight, mean of 10 draws
    deletion.weight_noise_error | doses | share | errors added by the noise on every weight
    correlation.max | layers | – | greatest |correlation| of two units of a layer that vary
    correlation.mean | layers | – | mean |correlation| of two such units
    correlation.participation | layers | units | participation ratio (Σ λ)²/Σ λ² of the units' covariance
    sparsity.near_zero | layers | share | activations of at most 1 % of the layer's greatest, in size
    sparsity.treves_rolls | layers | – | (mean y)²/mean y² over rows, mean over units that are ever active
    sparsity.hoyer | layers | – | Hoyer's sparseness over units, 0 to 1, mean over rows with any activation
    sparsity.between | layers | share | variance of a unit that lies between the classes, mean over units that vary
    averaging.count | counts | networks | sampled networks whose predictions are averaged: 1 … 200
    averaging.loss | counts | nats | loss of the mean of so many networks' probabilities
    averaging.error | counts | share | error of that mean
    averaging.geometric_loss | number | nats | loss of the normalised geometric mean of 200 networks' probabilities
    averaging.geometric_error | number | share | error of that mean
    averaging.scaled_loss | number | nats | loss of the one network without noise, on the same rows
    averaging.scaled_error | number | share | its error
    masks.presentations | number | rows | rows shown in training, each as often as it was
    masks.distinct | number | share | distinct sets of kept units that training drew, by presentations
    masks.loss_by_count | kept units | nats | training loss, mean over the masks that keep k = 0 … n units; none but for one hidden layer of n ≤ 12, kept units times n/k
    masks.loss_by_probability | kept units | nats | training loss, mean over the masks that keep k = 0 … n units; none but for one hidden layer of n ≤ 12, kept units times 1/keep_prob
    shift.contrast_dose | doses | – | every input times the dose
    shift.brightness_dose | doses | – | the dose added to every input
    shift.missing_dose | doses | – | that share of the inputs, drawn for each row, set to 0
    shift.contrast_loss | doses | nats | loss of the rows so changed
    shift.contrast_error | doses | share | error of the rows so changed
    shift.contrast_loss_adapted | doses | nats | loss of the rows so changed; normalised by these rows' own moments
    shift.contrast_error_adapted | doses | share | error of the rows so changed; normalised by these rows' own moments
    shift.brightness_loss | doses | nats | loss of the rows so changed
    shift.brightness_error | doses | share | error of the rows so changed
    shift.brightness_loss_adapted | doses | nats | loss of the rows so changed; normalised by these rows' own moments
    shift.brightness_error_adapted | doses | share | error of the rows so changed; normalised by these rows' own moments
    shift.missing_loss | doses | nats | loss of the rows so changed
    shift.missing_error | doses | share | error of the rows so changed
    shift.missing_loss_adapted | doses | nats | loss of the rows so changed; normalised by these rows' own moments
    shift.missing_error_adapted | doses | share | error of the rows so changed; normalised by these rows' own moments
    variance.ratio | all layers | ratio | variance of the pre-activations (the logits last), summed over units, in training by that in evaluation
    curvature.input_condition | number | ratio | largest by smallest non-zero eigenvalue of the mean of x xᵀ, x the inputs and a constant 1
    curvature.sharpness_at_start | number | nats | largest eigenvalue of the training loss's Hessian before the first step
    curvature.sharpness | number | nats | the same at the end
    identities.gradient | number | share | M4: slope of the training loss by backward against differences of the loss
    identities.fold | number | – | M6: logits of the folded network against the unfolded one's, on random rows
    identities.one_example | number | – | M1: a batch of one is β
    identities.running | number | – | M2: after batches 1 … T the running mean is Σ m (1 - m)ᵀ⁻ᵗ mean_t, with start 0
    identities.whitening | number | – | M5: the covariance of n units over n rows is singular: its smallest eigenvalue by its largest
    identities.restored | number | – | M7: γ = √(Var x + ε) and β = E x give x back
    identities.redundant_bias | number | – | M9: in training a bias before normalisation changes no logit
    identities.scale_invariance | number | – | B3: x → a x, as by W → a W and b → a b, does what ε → ε/a² does: nothing but for ε
    identities.scale_effect | number | – | B3: what a does by way of ε
    identities.moments_before | number | – | B8: before γ and β mean 0 and variance v/(v + ε)
    identities.moments_after | number | – | B8: after them mean β and variance γ² v/(v + ε)
    identities.bias_drift | number | – | M4: root mean square of the biases before normalisation, which begin at 0 and which no loss depends on
    losses.valid | rows | nats | -log of the probability of each validation row's class, in order
    coupling.step | checkpoints | steps | optimiser steps made at the start, 0, and at each checkpoint
    coupling.change | checkpoints × layers | share | length of the gradient's change, by the gradient's, in each layer that has one below
    coupling.cosine | checkpoints × layers | – | cosine of the angle between the two gradients
    coupling.change_at_start | number | share | length of the gradient's change, by the gradient's, in each layer that has one below: mean over layers before the first step
    coupling.change_later | number | share | length of the gradient's change, by the gradient's, in each layer that has one below: mean over layers and over all checkpoints after the start
    coupling.cosine_at_start | number | – | cosine of the angle between the two gradients: mean over layers before the first step
    coupling.cosine_later | number | – | cosine of the angle between the two gradients: mean over layers and over all checkpoints after the start
"""
