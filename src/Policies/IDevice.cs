using SimServe.Policies.AddOns;
using SimServe.Policies.Batching;
using SimServe.Policies.Serving;

namespace SimServe.Policies;

/// <summary>One accelerator with its compute and copy streams: the narrow waist between policies and the two worlds.</summary>
/// <remarks>
/// Called by the serving loop only, and completed on the loop's thread. <see cref="Denoise"/>, <see cref="Stage"/> and <see cref="Patch"/> occupy the compute
/// stream and are never under way at the same time; <see cref="Encode"/> and <see cref="Decode"/> run beside them, or where a batching policy wants it so
/// on the compute stream too, and are never under way at the same time then.
/// A failed device answers with <see cref="DeviceReport.Fault"/>; it does not throw. A request that cannot be prepared is refused
/// (<see cref="DeviceReport.Refusal"/>) without harm to the others.
/// </remarks>
public interface IDevice
{
    /// <summary>Name for reports and decisions, e.g. <c>cpu:0</c>.</summary>
    string Name { get; }

    /// <summary>What is known of the device.</summary>
    DeviceSpec Spec { get; }

    /// <summary>Loads the model's weights: the worker was turned on in the course of the run. Those that are on from the start have them.</summary>
    Pending<DeviceReport> LoadModel();

    /// <summary>Whether a template's activation cache can be used at once.</summary>
    /// <param name="template">The template.</param>
    bool Holds(TemplateId template);

    /// <summary>Whether a template's activations lie in the device's own memory, so that steps need not load them.</summary>
    /// <param name="template">The template of a request in the batch.</param>
    /// <value><c>false</c> where the device keeps no templates.</value>
    bool IsResident(TemplateId template) => false;

    /// <summary>Whether the device has memory of its own for templates' activations.</summary>
    /// <value><c>false</c>.</value>
    bool KeepsTemplates => false;

    /// <summary>How long a request that was sent here now would wait for its template.</summary>
    /// <param name="request">The request.</param>
    /// <value><c>null</c>, where the device does not know: a template that it does not hold is recorded then.</value>
    TemplateDelay? DelayOf(in Request request) => null;

    /// <summary>Adapters of a set that would have to be loaded first.</summary>
    /// <param name="adapters">The set.</param>
    int MissingAdapters(AdapterSet adapters);

    /// <summary>Its own memory of ControlNets.</summary>
    /// <value>One that has every ControlNet: who cannot run a request's refuses the request.</value>
    IControlNetHost ControlNets => EveryControlNet.Here;

    /// <summary>Whether a set's LoRAs are in the device's memory, so that they can be put into effect at once.</summary>
    /// <param name="adapters">The set.</param>
    bool HoldsLoras(AdapterSet adapters) => true;

    /// <summary>Brings a request's LoRAs into the device's memory, beside everything else.</summary>
    /// <param name="request">The request.</param>
    /// <returns>Done; or a fault of the device, or a refusal where a LoRA is missing, spoilt, or made for another model.</returns>
    Pending<DeviceReport> FetchLoras(in Request request) => new(DeviceReport.Done);

    /// <summary>Merges a set's LoRAs, which are in memory, into the weights, and takes out whatever was merged before, without a trace. Occupies the compute stream.</summary>
    /// <param name="adapters">The set; without LoRAs the weights are the model's own again.</param>
    Pending<DeviceReport> Patch(AdapterSet adapters) => new(DeviceReport.Done);

    /// <summary>Its own memory of adapters, for fetching ahead of requests.</summary>
    /// <value><c>null</c>: it fetches only what requests ask for.</value>
    IAdapterStore? AdapterStore => null;

    /// <summary>A request was sent here: what it will need may be fetched while it waits. A hint; nothing waits for it.</summary>
    /// <param name="request">The request.</param>
    void Prefetch(in Request request);

    /// <summary>Whether something must be loaded before a request that joins the batch can take a step, its adapters left aside.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cause">What must be loaded.</param>
    /// <returns>False when it can start: what it uses is kept from now until <see cref="Release"/>.</returns>
    bool Lacks(in Request request, out StallCause cause);

    /// <summary>Loads what a request lacks: records a template's activation cache, or fetches it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cause">What <see cref="Lacks"/> named.</param>
    Pending<DeviceReport> Stage(in Request request, StallCause cause);

    /// <summary>Nobody waits any more for a template that was staged: the request it was loaded for has been cancelled. What memory has no room for may go.</summary>
    /// <param name="template">The template.</param>
    void Unstage(TemplateId template)
    {
    }

    /// <summary>A request has left the batch: what it used may go.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isDenoised">Whether it has taken all of its steps: all of its template has come to the device then.</param>
    void Release(in Request request, bool isDenoised);

    /// <summary>A request has been cancelled: what is kept for it, latents and checkpoints, may go.</summary>
    /// <param name="request">The request. It is not in the batch (any more), and nothing that was asked for it is under way on this device.</param>
    void Forget(in Request request)
    {
    }

    /// <summary>Prepares a request: text encoding, initial noise or the latents of a checkpoint.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fromStep">The step it starts at: 0, or one whose latents an earlier attempt left.</param>
    /// <param name="place">Beside the batch, unless told otherwise, or on the compute stream, which does nothing else meanwhile.</param>
    Pending<DeviceReport> Encode(in Request request, int fromStep, PrePostPlace place = PrePostPlace.Beside);

    /// <summary>Runs up to <paramref name="maxSteps"/> denoising steps; stops at the next step boundary after the bell is rung, and may stop at an earlier one.</summary>
    /// <param name="plan">What to run; valid during the call.</param>
    /// <param name="maxSteps">At least 1, at most <see cref="StepPlan.StepsToFirstFinish"/>.</param>
    /// <param name="boundary">The bell.</param>
    Pending<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary);

    /// <summary>Turns a request's latents into its image.</summary>
    /// <param name="request">The request.</param>
    /// <param name="place">Beside the batch, unless told otherwise, or on the compute stream, which does nothing else meanwhile.</param>
    Pending<DeviceReport> Decode(in Request request, PrePostPlace place = PrePostPlace.Beside);
}
