namespace SimServe.GpuBackend.Pipelines;

/// <summary>The conditions of both branches of guidance.</summary>
/// <param name="Positive">With the prompt.</param>
/// <param name="Negative">With the negative prompt or none; <c>null</c> when the model runs once.</param>
internal sealed record GuidedCondition(TextCondition Positive, TextCondition? Negative)
{
    /// <summary>All rows, negative ones first as in the reference.</summary>
    public TextCondition Rows => Negative is null ? Positive : Positive.After(Negative);

    /// <summary>Shows the conditions under the reference's names.</summary>
    public void ShowTo(IPipelineObserver? observer)
    {
        observer?.Encoded("prompt_embeds", Positive.Text);
        if (Positive.Pooled is { } pooled)
        {
            observer?.Encoded("pooled_prompt_embeds", pooled);
        }

        if (Negative is null)
        {
            return;
        }

        observer?.Encoded("negative_prompt_embeds", Negative.Text);
        if (Negative.Pooled is { } negative)
        {
            observer?.Encoded("negative_pooled_prompt_embeds", negative);
        }
    }
}
