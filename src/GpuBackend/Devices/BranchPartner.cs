using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Devices;

/// <summary>The second device of a worker that shares guidance branches: it computes one of them, on threads and streams of its own.</summary>
/// <remarks>
/// The worker's compute thread gives it its branch of a step, computes the other one, and waits. Nothing that the two read is written meanwhile. Source: latent parallelism, Katz (USENIX ATC '25), section 7.
/// </remarks>
internal sealed class BranchPartner : IDisposable
{
    // The prompt's; the worker computes the negative one.
    private const int Branch = 1;

    private readonly string _name;
    private readonly PartnerOptions _options;
    private readonly ServedModel _model;
    private readonly bool _ownsModel;
    private readonly WallClock _clock = new();
    private readonly WorkerThread _compute;
    private readonly WorkerThread _copy;
    private readonly StepLane _lane;
    private readonly ServedLoras? _loras;
    private volatile Exception? _fault;

    /// <summary>Creates it and starts its threads.</summary>
    /// <param name="name">The worker's name.</param>
    /// <param name="options">What it is.</param>
    /// <param name="model">The worker's own model, which it uses where it computes on the same one.</param>
    /// <param name="isShared">Whether it does.</param>
    /// <param name="addOns">The worker's add-ons, or <c>null</c>.</param>
    /// <param name="loop">The loop that calls the worker.</param>
    /// <param name="fault">Why the worker has failed, or <c>null</c>.</param>
    public BranchPartner(string name, PartnerOptions options, ServedModel model, bool isShared, DeviceAddOns? addOns, WallClockLoop loop, Func<string?> fault)
    {
        (_name, _options, _ownsModel) = ($"{name} partner", options, !isShared && addOns is not null);
        _model = isShared ? model : _ownsModel ? options.Model.Twin() : options.Model;
        _compute = Start(StreamRole.Compute, "compute");
        _copy = Start(StreamRole.Copy, "copy");
        _lane = new StepLane(_copy);
        if (addOns is not null)
        {
            ControlNets = new ServedControlNets(_name, addOns.ControlNets, addOns.ControlNetBytes, _model.Device, loop, fault, _compute.Enqueue);
            _loras = isShared ? null : new ServedLoras(_model, addOns.Loras);
        }
    }

    /// <summary>The ControlNets in its memory; <c>null</c> without add-ons.</summary>
    public ServedControlNets? ControlNets { get; }

    /// <summary>Waits until what its compute thread has given to the device is done; on that thread.</summary>
    public void Finish() => _options.Streams.Finish(StreamRole.Compute);

    /// <summary>Merges LoRAs into copies of its model's weights; on any thread.</summary>
    /// <param name="loras">Numbers of LoRAs, each once.</param>
    /// <returns>The caller's; <c>null</c> where it computes with the worker's model.</returns>
    public PreparedAdapters? Merge(IReadOnlyList<int> loras)
    {
        var merged = _loras?.Load(loras, ModelPart.Denoiser);
        DeviceWork.Finish(_model.Device);
        return merged;
    }

    /// <summary>Puts merged LoRAs in the place of what was used before, between two steps; on the worker's compute thread.</summary>
    /// <param name="loras">What <see cref="Merge"/> gave; <c>null</c>: the plain weights.</param>
    public void Use(PreparedAdapters? loras) => _loras?.Use(loras);

    /// <summary>The rows of a batch, of its branch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="between">Puts itself between the batch and its rows, or <c>null</c>.</param>
    public IStreamedRows RowsFor(IReadOnlyList<EditState> batch, StepPlan plan, Func<IReadOnlyList<EditState>, IStreamedRows, IStreamedRows>? between) => Await(Run(() =>
    {
        var rows = _options.Streams.RowsFor(batch, plan, Branch);
        return between?.Invoke(batch, rows) ?? rows;
    }));

    /// <summary>Begins to compute its branch of a step.</summary>
    /// <param name="batch">The batch; its worker changes nothing of it until the answer has come.</param>
    /// <param name="modes">One mode per block.</param>
    /// <param name="work">Rows and ControlNets of its branch.</param>
    /// <returns>The predictions, on its device.</returns>
    public Task<torch.Tensor> Predict(IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, LaneWork work) => Run(() =>
    {
        var prediction = _lane.Run(work.Rows, () => _model.Predict(batch, modes, work.Rows, Branch, work.Controls?.Members ?? []));

        // The worker's stream reads it next.
        Finish();
        return prediction;
    });

    /// <summary>Waits for its predictions and fetches them; on the worker's compute thread.</summary>
    /// <param name="prediction">What <see cref="Predict"/> returned.</param>
    /// <param name="to">The worker's device.</param>
    /// <param name="finish">Waits until the worker's stream has fetched them.</param>
    /// <returns>A copy, the caller's.</returns>
    /// <exception cref="ControlNetLostException">A device that ran ControlNets is lost.</exception>
    /// <exception cref="DeviceFailedException">It has failed.</exception>
    public torch.Tensor Exchange(Task<torch.Tensor> prediction, torch.Device to, Action finish)
    {
        using var theirs = Await(prediction);
        var begun = _clock.Now;
        var copy = theirs.to(theirs.dtype, to, copy: true);
        finish();
        _clock.WaitUntil(begun + _options.Exchange);
        return copy;
    }

    /// <summary>Waits for predictions that nobody needs any more: until then it reads what the worker would change.</summary>
    /// <param name="prediction">What <see cref="Predict"/> returned.</param>
    public static void Abandon(Task<torch.Tensor> prediction)
    {
        ((IAsyncResult)prediction).AsyncWaitHandle.WaitOne();
        if (prediction.IsCompletedSuccessfully)
        {
            prediction.Result.Dispose();
        }
        else
        {
            // The worker has a fault of its own to tell of.
            _ = prediction.Exception;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ControlNets?.Dispose();
        _compute.Dispose();
        _copy.Dispose();
        _lane.Dispose();
        if (_ownsModel)
        {
            _model.Dispose();
        }
    }

#pragma warning disable CA1849 // A device's compute thread waits, as its stream would.
    private T Await<T>(Task<T> job)
    {
        try
        {
            return job.GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is not ControlNetLostException)
        {
            throw new DeviceFailedException($"{_name} failed: {error.Message}", error);
        }
    }
#pragma warning restore CA1849

#pragma warning disable CA1031 // Thrown to the worker's thread, which waits for it.
    private Task<T> Run<T>(Func<T> job)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _compute.Enqueue(() =>
        {
            try
            {
                using var mode = torch.inference_mode();
                answer.SetResult(_fault is { } fault ? throw fault : job());
            }
            catch (Exception error)
            {
                answer.SetException(error);
            }
        });
        return answer.Task;
    }

    private WorkerThread Start(StreamRole role, string thread) => new($"{_name} {thread}", () =>
    {
        try
        {
            _options.Streams.Enter(role);
        }
        catch (Exception error)
        {
            _fault = error;
        }
    });
#pragma warning restore CA1031
}
