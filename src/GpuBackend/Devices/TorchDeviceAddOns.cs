using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;
using AdapterSet = SimServe.Policies.AdapterSet;

namespace SimServe.GpuBackend.Devices;

// A real worker's ControlNets and LoRAs. LoRAs are read and merged into copies of the weights on a thread of their own, whatever the compute thread does; to use them is then a swap of pointers.
public sealed partial class TorchDevice
{
    private readonly DeviceAddOns? _addOns;
    private readonly ServedLoras? _loras;
    private readonly AddOnMemory<AdapterSet, MergedLoras>? _prepared;
    private readonly ServedControlNets? _controlNets;
    private readonly AddOnLoads<AdapterSet, MergedLoras>? _loads;
    private AdapterSet _merged = AdapterSet.None;

    /// <inheritdoc/>
    public IControlNetHost ControlNets => _pairedControlNets ?? (IControlNetHost?)_controlNets ?? EveryControlNet.Here;

    /// <inheritdoc/>
    public int MissingAdapters(AdapterSet adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        return (HoldsLoras(adapters) ? 0 : adapters.Loras.Count) + adapters.ControlNets.Count(controlNet => !ControlNets.Holds(controlNet));
    }

    /// <inheritdoc/>
    public bool HoldsLoras(AdapterSet adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        return adapters.Loras.Count == 0 || adapters.SharesWeightsWith(_merged) || (_prepared?.Holds(LorasOf(adapters)) ?? true);
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> FetchLoras(in Request request) => _loads?.Ask(LorasOf(request.Adapters)) ?? new Pending<DeviceReport>(DeviceReport.Done);

    /// <inheritdoc/>
    public IAdapterStore? AdapterStore { get; }

    /// <inheritdoc/>
    public Pending<DeviceReport> Patch(AdapterSet adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        var loras = LorasOf(adapters);
        _merged = loras;
        return On(StreamRole.Compute, () =>
        {
            Use(PreparedOf(loras));
            return DeviceReport.Done;
        });
    }

    private static AdapterSet LorasOf(AdapterSet adapters) => adapters.ControlNets.Count == 0 ? adapters : new AdapterSet([], adapters.Loras);

    // What is pinned, or has just come, is there.
    private MergedLoras? PreparedOf(AdapterSet loras) => loras.Loras.Count == 0 ? null
        : _prepared?.Find(loras) ?? throw new InvalidOperationException($"{loras} is not in memory: it was let go while a batch used it.");

    private void Pin(in Request request)
    {
        if (request.Adapters.Loras.Count > 0)
        {
            _prepared?.Pin(LorasOf(request.Adapters));
        }
    }

    private void LetGo(in Request request)
    {
        if (request.Adapters.Loras.Count > 0)
        {
            _prepared?.Unpin(LorasOf(request.Adapters));
        }

        if (request.Adapters.ControlNets.Count > 0 && _addOns is not null)
        {
            _controlNets!.Forget(request.Id);
            _partner?.ControlNets?.Forget(request.Id);
            foreach (var service in _addOns.Services)
            {
                service.Forget(request.Id);
            }
        }
    }

    private string? AdapterFault(AdapterSet adapters)
    {
        var (loras, controlNets) = (_addOns?.Loras.Count ?? 0, _addOns?.ControlNets.Count ?? 0);
        return adapters.Loras.Any(lora => lora >= loras) ? $"it uses {adapters}, but {Served(loras, "LoRAs")}"
            : adapters.ControlNets.Any(controlNet => controlNet >= controlNets) ? $"it uses {adapters}, but {Served(controlNets, "ControlNets")}"
            : null;
    }

    private static string Served(int count, string what) => count == 0 ? $"no {what} are served" : $"the {what} that are served are 0 to {count - 1}";

    private EditState Begin(TemplateRecording recording, in Request request, LatentCheckpoint? from, PreparedAdapters? text) =>
        _model.Begin(recording, request, from?.Step ?? 0, from?.Latents ?? default, text);

    // Prompts are encoded with all that their LoRAs change of text encoders, whenever the denoiser's part comes.
    private PreparedAdapters? TextOf(AdapterSet adapters) => adapters.Loras.Count > 0 && _loras!.ChangesText(adapters.Loras)
        ? _loras.Load(adapters.Loras, ModelPart.TextEncoder, ModelPart.TextEncoder2)
        : null;

#pragma warning disable CA1031 // What is wrong with a LoRA is its request's trouble alone.
    private DeviceReport? TryReadText(AdapterSet adapters, out PreparedAdapters? text)
    {
        text = null;
        try
        {
            text = TextOf(adapters);
            return null;
        }
        catch (Exception error)
        {
            return AddOnRefusal.Of($"{adapters}", error);
        }
    }
#pragma warning restore CA1031

    // LoRAs that are not merged act on their own members alone: those with the same ones take the step together, one set after the other, each with its weights swapped in.
    private BatchPart[] PartsOf(EditState[] batch, StepPlan plan) =>
    [
        .. Enumerable.Range(0, batch.Length).GroupBy(member => LorasOf(plan.Members[member].Loras ?? AdapterSet.None)).Select(group =>
        {
            int[] members = [.. group];
            EditState[] edits = [.. members.Select(member => batch[member])];
            return new BatchPart(edits, plan.Members[members[0]].Step, WorkFor(edits, plan, (here, sent) => ControlsOf(plan, members, edits, here, sent)), PreparedOf(group.Key));
        }),
    ];

    private void Turn(BatchPart part, int parts)
    {
        if (parts > 1 || part.Loras is not null)
        {
            _streams.Finish(StreamRole.Compute);
            Use(part.Loras);
        }
    }

    private void LeaveOff(BatchPart[] parts)
    {
        Array.ForEach(parts, static part => part.Dispose());
        if (parts.Any(static part => part.Loras is not null))
        {
            _streams.Finish(StreamRole.Compute);
            Use(null);
        }
    }

    // The partner waits for its branch of the next step meanwhile.
    private void Use(MergedLoras? loras)
    {
        _loras?.Use(loras?.Own);
        _partner?.Use(loras?.Partner);
    }

    private StepControls? ControlsOf(StepPlan plan, int[] members, EditState[] edits, ServedControlNets? here, Action sent)
    {
        if (_addOns is null || !plan.Controls.Any(call => members.Contains(call.Member)))
        {
            return null;
        }

        return new StepControls(
            [.. plan.Controls.Where(call => members.Contains(call.Member)).Select(call => call with { Member = Array.IndexOf(members, call.Member) })],
            plan.ControlMode,
            [.. edits.Select(edit => new ControlledRequest(edit.Request.Id, _templates[edit.Request.Template].ControlPicture ?? _templates[edit.Request.Template].Image))],
            here!,
            _addOns.Services,
            sent);
    }

    // The answer comes from a thread that ends with this device.
    private void Post(Completion<DeviceReport> completion, DeviceReport report)
    {
        lock (_posting)
        {
            if (!_disposed)
            {
                _loop.Post(completion, report);
            }
        }
    }

    // What nobody has asked for is one LoRA alone.
    private (MergedLoras Merged, long Bytes) Load(AdapterSet loras, Action<TimeSpan>? wait)
    {
        var own = wait is null ? _loras!.Load(loras.Loras, ModelPart.Denoiser) : _loras!.LoadAhead(loras.Loras[0], new LoraAhead(null, wait), ModelPart.Denoiser);
        try
        {
            DeviceWork.Finish(_model.Device);
            return (new MergedLoras(own, _partner?.Merge(loras.Loras)), own.Bytes);
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }
}
