using System.Collections.Concurrent;
using SimServe.Policies;

namespace SimServe.GpuBackend.Devices;

/// <summary>The checkpoints of a run's edits: host memory that outlives the devices which wrote to it.</summary>
/// <remarks>
/// One per request, its latest: a copy of its masked latents as they are, so that whoever goes on from it computes what the lost device would have.
/// Forgotten when the request is delivered; those of requests that failed stay until the run ends. Devices write from their own threads.
/// </remarks>
public sealed class LatentCheckpoints
{
    /// <summary>Keeps nothing.</summary>
    public static readonly LatentCheckpoints None = new(0);

    private readonly ConcurrentDictionary<RequestId, LatentCheckpoint> _latest = new();
    private readonly int _everySteps;

    /// <summary>Creates an empty store.</summary>
    /// <param name="everySteps">Steps from one checkpoint to the next; 0: none are kept.</param>
    public LatentCheckpoints(int everySteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(everySteps);
        _everySteps = everySteps;
    }

    /// <summary>Checkpoints it holds.</summary>
    public int Count => _latest.Count;

    /// <summary>Whether the latents after so many steps are to be kept; never those after the last, which are decoded at once.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="steps">All of the request's steps.</param>
    public bool IsDue(int step, int steps) => _everySteps > 0 && step > 0 && step < steps && step % _everySteps == 0;

    /// <summary>Keeps a checkpoint in place of the request's last one.</summary>
    /// <param name="id">The request.</param>
    /// <param name="checkpoint">Its latents.</param>
    public void Keep(RequestId id, LatentCheckpoint checkpoint) => _latest[id] = checkpoint;

    /// <summary>The latents that a request goes on from.</summary>
    /// <param name="id">The request.</param>
    /// <param name="step">The step it goes on at.</param>
    /// <returns><c>null</c> when those are not kept.</returns>
    public LatentCheckpoint? Find(RequestId id, int step) => _latest.TryGetValue(id, out var latest) && latest.Step == step ? latest : null;

    /// <summary>The request needs none any more.</summary>
    /// <param name="id">The request.</param>
    public void Forget(RequestId id) => _latest.TryRemove(id, out _);
}
