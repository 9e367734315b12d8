namespace SimServe.Policies.AddOns;

/// <summary>A device that runs ControlNets for workers, beside the way down of their U-Nets, with a queue of its own.</summary>
/// <remarks>
/// Workers send it the latents of a step and wait for the residuals before their U-Net's way up; the serving loop only says which device a request uses.
/// Source: Katz (ATC '25), section 5, "ControlNet-as-a-service".
/// </remarks>
public interface IControlNetService : IControlNetHost
{
    /// <summary>Name for reports and decisions, e.g. <c>controlnet:0</c>.</summary>
    string Name { get; }

    /// <summary>Predicted time from sending latents to having the residuals, where nobody else asks.</summary>
    /// <param name="model">The worker's model, at the size of the batch's images.</param>
    /// <param name="images">Images of the call, at least 1.</param>
    TimeSpan Answer(ModelShape model, int images);
}
