namespace SimServe.Policies.Routing;

/// <summary>What a router sees of a request that a worker has not finished denoising.</summary>
/// <param name="Template">Its template.</param>
/// <param name="MaskedTokens">Its masked image tokens.</param>
/// <param name="RemainingSteps">Denoising steps it has still to take.</param>
/// <param name="Grid">How its image is cut into tokens; <c>default</c> stands for the model's own grid.</param>
public readonly record struct OutstandingRequest(TemplateId Template, int MaskedTokens, int RemainingSteps, TokenGrid Grid = default);
