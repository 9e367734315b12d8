using SimServe.GpuBackend.Images;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>One thing that is trained: what it learns from, what it gets wrong, and what it shows meanwhile.</summary>
public abstract class TrainingTask : IDisposable
{
    /// <summary>Its name in messages and files, e.g. <c>vae</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it learns.</summary>
    public abstract LearnedWeights Learned { get; }

    /// <summary>What is wrong with the weights, on examples drawn anew.</summary>
    /// <param name="random">Draws which examples.</param>
    /// <param name="generator">Draws noise.</param>
    /// <returns>A single number, with its graph.</returns>
    public abstract Tensor Loss(RandomStream random, Generator generator);

    /// <summary>The loss, or what is told instead, on validation scenes; with gradients off and the averaged weights in place.</summary>
    public abstract double Validate();

    /// <summary>Name of the number that <see cref="Validate"/> gives, with its unit.</summary>
    public virtual string Measure => "validation loss";

    /// <summary>Whether more of that number is better: not so for a loss.</summary>
    public virtual bool MoreIsBetter => false;

    /// <summary>A picture of what it can do by now; with gradients off and the averaged weights in place. <c>null</c> when there is nothing to see.</summary>
    public virtual RgbImage? Picture() => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what it holds.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing) => Learned.Dispose();
}
