using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What one lane is conditioned by; a model reads what it knows.</summary>
/// <remarks>A lane is one forward pass of one member of a batch: with guidance a member has two, the negative prompt's and the prompt's.</remarks>
internal sealed record DenoiserCondition
{
    /// <summary>[1, T, text width], or <c>null</c> for a model without text.</summary>
    public Tensor? Text { get; init; }

    /// <summary>[1, pooled width], or <c>null</c>.</summary>
    public Tensor? Pooled { get; init; }

    /// <summary>[1, 6], SDXL's sizes, or <c>null</c>.</summary>
    public Tensor? TimeIds { get; init; }

    /// <summary>The scale that guidance-distilled models are told.</summary>
    public double Guidance { get; init; }

    /// <summary>A class, for models of classes.</summary>
    public long Label { get; init; }

    /// <summary>The same with something else for each of its tensors.</summary>
    public DenoiserCondition Map(Func<Tensor, Tensor> change) => this with
    {
        Text = Text is null ? null : change(Text),
        Pooled = Pooled is null ? null : change(Pooled),
        TimeIds = TimeIds is null ? null : change(TimeIds),
    };
}
