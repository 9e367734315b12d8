using SimServe.GpuBackend.Devices;

namespace SimServe.GpuBackend.Profiling;

/// <summary>Measures how much faster workers compute while others are idle.</summary>
/// <remarks>Some and all workers take the same steps by turns, so that a machine whose speed drifts drifts for both. The ratio of the means is what counts.</remarks>
/// <param name="devices">The workers.</param>
/// <param name="step">Takes a step on a worker and returns its seconds of computation.</param>
internal sealed class CrowdProbe(IReadOnlyList<TorchDevice> devices, Func<TorchDevice, double> step)
{
    // Shorter than a machine keeps its pace, longer than some steps.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(80);

    /// <summary>Time of a step when 1, 2, ... workers compute, over that when all do; <c>null</c> for a single worker.</summary>
    /// <param name="seconds">Time to spend.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    public double[]? Measure(double seconds, CancellationToken cancellation)
    {
        if (devices.Count == 1)
        {
            return null;
        }

        var sums = new (double Seconds, long Steps)[devices.Count];
        var clock = new WallClock();
        for (var i = 0; i < 2 * devices.Count || i % devices.Count != 0 || clock.Now.TotalSeconds < seconds; i++)
        {
            var (time, steps) = Together(1 + (i % devices.Count), Turn, cancellation);
            ref var sum = ref sums[i % devices.Count];
            sum = (sum.Seconds + time, sum.Steps + steps);
        }

        var all = sums[^1].Seconds / sums[^1].Steps;
        return [.. sums.Select(sum => sum.Seconds / sum.Steps / all)];
    }

    // The first workers take steps for a while; at least one each.
    private (double Seconds, long Steps) Together(int count, TimeSpan length, CancellationToken cancellation)
    {
        using var done = new CountdownEvent(count);
        var (clock, gate, sum, steps, fault) = (new WallClock(), new Lock(), 0.0, 0L, default(Exception));
        for (var worker = 0; worker < count; worker++)
        {
            var device = devices[worker];
            device.OnCompute(() =>
            {
#pragma warning disable CA1031 // Thrown again on the caller's thread.
                try
                {
                    do
                    {
                        var time = step(device);
                        lock (gate)
                        {
                            (sum, steps) = (sum + time, steps + 1);
                        }
                    }
                    while (clock.Now.Ticks < length.Ticks && !cancellation.IsCancellationRequested);
                }
                catch (Exception error)
                {
                    fault = error;
                }
#pragma warning restore CA1031

                done.Signal();
            });
        }

        done.Wait(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return fault is null ? (sum, steps) : throw new DeviceFailedException($"Profiling failed: {fault.Message}", fault);
    }
}
