namespace SimServe.Policies.Costs;

/// <summary>Predicts how long a device takes: fitted to a profile, or analytic.</summary>
/// <remarks>Pure: the same question has the same answer for the whole run.</remarks>
public interface ICostModel
{
    /// <summary>Time of one transformer block on the compute stream.</summary>
    /// <param name="kind">The block's kind.</param>
    /// <param name="work">The whole batch's work in that block.</param>
    TimeSpan Compute(BlockKind kind, in Work work);

    /// <summary>Time of one block of a ControlNet on the compute stream.</summary>
    /// <param name="kind">The block's kind.</param>
    /// <param name="work">The work in that block.</param>
    /// <value>By default as every other block's: a worker that divides its model among devices may not divide ControlNets.</value>
    TimeSpan Control(BlockKind kind, in Work work) => Compute(kind, work);

    /// <summary>Time to move activations over the link, on the copy stream.</summary>
    /// <param name="bytes">0 or more; 0 bytes take no time.</param>
    TimeSpan Load(long bytes);

    /// <summary>Time of a step outside its blocks: batch assembly, embedding, last layer, sampler.</summary>
    /// <param name="members">Requests in the batch, at least 1.</param>
    TimeSpan StepOverhead(int members);

    /// <summary>Time to prepare one request.</summary>
    TimeSpan Encode { get; }

    /// <summary>Time to turn one request's latents into its image.</summary>
    TimeSpan Decode { get; }

    /// <summary>Time to record one template's activation cache.</summary>
    /// <param name="steps">Denoising steps of the template's inference.</param>
    TimeSpan Record(int steps);

    /// <summary>The same device's times for the model at another size of images; the same object every time for the same shape.</summary>
    /// <param name="model">The model at that size, from <see cref="ModelShape.At"/>.</param>
    /// <value>By default these times themselves: those that depend on size through work and bytes only.</value>
    /// <exception cref="NotSupportedException">Nobody knows its times at that size.</exception>
    ICostModel At(ModelShape model) => this;
}
