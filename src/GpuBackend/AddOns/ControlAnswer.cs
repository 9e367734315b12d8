using SimServe.GpuBackend.Models.UNets;

namespace SimServe.GpuBackend.AddOns;

/// <summary>Residuals that a device was asked for.</summary>
internal sealed class ControlAnswer
{
    private readonly TaskCompletionSource<ControlResiduals> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The residuals; waits for them.</summary>
    /// <exception cref="ControlNetLostException">The device is lost.</exception>
#pragma warning disable CA1849 // A device's compute thread waits, as its stream would.
    public ControlResiduals Residuals => _source.Task.GetAwaiter().GetResult();
#pragma warning restore CA1849

    /// <summary>They are here.</summary>
    public void Give(ControlResiduals residuals) => _source.SetResult(residuals);

    /// <summary>They will never come.</summary>
    public void Lose(string reason) => _source.SetException(new ControlNetLostException(reason));

    /// <summary>Nobody reads them any more: they are freed, when they come.</summary>
    public void Drop() => _source.Task.ContinueWith(
        static task =>
        {
            if (task.IsCompletedSuccessfully)
            {
                task.Result.Dispose();
            }
            else
            {
                // Whoever waited for it has heard of it.
                _ = task.Exception;
            }
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
