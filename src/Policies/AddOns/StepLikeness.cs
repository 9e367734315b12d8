namespace SimServe.Policies.AddOns;

/// <summary>How alike latents with and without a LoRA are after a step.</summary>
/// <param name="Step">Steps taken, from 1.</param>
/// <param name="Latents">Cosine similarity of the latents.</param>
public sealed record StepLikeness(int Step, Likeness Latents);
