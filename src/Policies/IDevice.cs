namespace SimServe.Policies;

/// <summary>One accelerator with its compute and copy streams: the narrow waist between policies and the two worlds.</summary>
/// <remarks>
/// Called by the serving loop only, and completed on the loop's thread. <see cref="Denoise"/> and <see cref="Stage"/> occupy the compute
/// stream and are never under way at the same time; <see cref="Encode"/> and <see cref="Decode"/> run beside them.
/// A failed device answers with <see cref="DeviceReport.Fault"/>; it does not throw. A request that cannot be prepared is refused
/// (<see cref="DeviceReport.Refusal"/>) without harm to the others.
/// </remarks>
public interface IDevice
{
    /// <summary>Name for reports and decisions, e.g. <c>cpu:0</c>.</summary>
    string Name { get; }

    /// <summary>What is known of the device.</summary>
    DeviceSpec Spec { get; }

    /// <summary>Whole steps done in the denoising call under way, 0 when none is.</summary>
    int StepsDone { get; }

    /// <summary>Whether a template's activation cache can be loaded from host memory.</summary>
    /// <param name="template">The template.</param>
    bool Holds(TemplateId template);

    /// <summary>Records a template's activation cache with a full inference of the template.</summary>
    /// <param name="template">The template.</param>
    ValueTask<DeviceReport> Stage(TemplateId template);

    /// <summary>Prepares a request: text encoding, initial noise.</summary>
    /// <param name="request">The request.</param>
    ValueTask<DeviceReport> Encode(Request request);

    /// <summary>Runs up to <paramref name="maxSteps"/> denoising steps; stops at the next step boundary after the bell is rung.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="maxSteps">At least 1, at most <see cref="StepPlan.StepsToFirstFinish"/>.</param>
    /// <param name="boundary">The bell.</param>
    ValueTask<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary);

    /// <summary>Turns a request's latents into its image.</summary>
    /// <param name="id">The request.</param>
    ValueTask<DeviceReport> Decode(RequestId id);
}
