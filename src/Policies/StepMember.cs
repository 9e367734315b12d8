namespace SimServe.Policies;

/// <summary>One request's part in a denoising batch.</summary>
/// <param name="Id">The request.</param>
/// <param name="Template">Its template.</param>
/// <param name="MaskedTokens">Its masked image tokens.</param>
/// <param name="Step">The step it is about to take, from 0: it reads its own step's cache.</param>
/// <param name="Steps">All of its steps.</param>
public readonly record struct StepMember(RequestId Id, TemplateId Template, int MaskedTokens, int Step, int Steps)
{
    /// <summary>LoRAs that act beside the weights in its steps; <c>null</c> for none. What is merged into the weights is not among them.</summary>
    public AdapterSet? Loras { get; init; }

    /// <summary>Steps it has still to take.</summary>
    public int Remaining => Steps - Step;
}
