using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>The optimizer: Adam with decoupled weight decay, and averages of the weights.</summary>
/// <remarks>
/// Sources: Kingma and Ba, "Adam", 2015; Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019. Written here because its state is part of
/// a checkpoint that must be whole or not there at all; <c>torch.optim</c> writes it to a file of its own.
/// </remarks>
internal sealed class AdamW : IDisposable
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.99;
    private const double Epsilon = 1e-8;

    private readonly LearnedWeights _learned;
    private readonly TrainingSettings _settings;

    public AdamW(LearnedWeights learned, TrainingSettings settings)
    {
        (_learned, _settings) = (learned, settings);
        (First, Second) = (zeros_like(learned.Values).DetachFromDisposeScope(), zeros_like(learned.Values).DetachFromDisposeScope());
    }

    /// <summary>Averages of gradients, [N].</summary>
    public Tensor First { get; }

    /// <summary>Averages of squared gradients, [N].</summary>
    public Tensor Second { get; }

    /// <summary>Changes the weights by their gradients.</summary>
    /// <param name="step">Steps done before this one.</param>
    /// <returns>Norm of all gradients before they were limited; nothing was changed when it is not finite.</returns>
    public double Step(long step)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var gradients = _learned.Gradients;
        var norm = gradients.norm().item<float>();
        if (!float.IsFinite(norm))
        {
            return norm;
        }

        if (norm > _settings.GradientLimit)
        {
            gradients.mul_(_settings.GradientLimit / norm);
        }

        First.mul_(FirstDecay).add_(gradients, 1 - FirstDecay);
        Second.mul_(SecondDecay).addcmul_(gradients, gradients, 1 - SecondDecay);
        var rate = _settings.RateAt(step);
        var change = First.div(1 - Math.Pow(FirstDecay, step + 1)).div_(Second.div(1 - Math.Pow(SecondDecay, step + 1)).sqrt_().add_(Epsilon));
        change.addcmul_(_learned.Decayed, _learned.Values, _settings.WeightDecay);
        _learned.Values.add_(change, -rate);
        // Young averages forget the start faster.
        var kept = Math.Min(_settings.AverageDecay, (1.0 + step) / (10 + step));
        _learned.Averages.lerp_(_learned.Values, 1 - kept);
        return norm;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
    }
}
