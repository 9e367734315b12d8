namespace SimServe.Policies.AddOns;

/// <summary>What comes of a LoRA that is there only after some steps, against the image with the LoRA in every step.</summary>
/// <param name="Steps">Steps without the LoRA, from 0: in time, to all steps: never.</param>
/// <param name="Latents">Cosine similarity of the final latents.</param>
/// <param name="Image">Structural similarity of the images.</param>
public sealed record LateLora(int Steps, Likeness Latents, Likeness Image);
