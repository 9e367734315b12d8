namespace SimServe.GpuBackend.Devices;

/// <summary>How a compute thread takes a step: a copy thread brings the rows meanwhile.</summary>
/// <param name="copy">The copy thread.</param>
internal sealed class StepLane(WorkerThread copy) : IDisposable
{
    private readonly ManualResetEventSlim _copied = new(initialState: true);

    /// <summary>Runs a step on the calling thread.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="step">Computes it.</param>
    /// <returns>What it computed.</returns>
    public T Run<T>(IStreamedRows rows, Func<T> step)
    {
        rows.Begin();
        if (rows.HasLoads)
        {
            _copied.Reset();
            copy.Enqueue(() =>
            {
                rows.CopyStep();
                _copied.Set();
            });
        }

        try
        {
            return step();
        }
        catch
        {
            rows.Abandon();
            throw;
        }
        finally
        {
            // The buffers live until the copy thread has let go of them.
            _copied.Wait();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _copied.Dispose();
}
