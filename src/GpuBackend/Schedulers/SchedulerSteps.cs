namespace SimServe.GpuBackend.Schedulers;

/// <summary>The steps of one run.</summary>
/// <param name="Steps">Denoising steps, at least 1.</param>
public sealed record SchedulerSteps(int Steps)
{
    /// <summary>The noise levels before shifting, for flow matching only.</summary>
    /// <value><see cref="Steps"/> falling numbers in (0, 1]; <c>null</c> leaves the choice to the scheduler.</value>
    public IReadOnlyList<double>? Sigmas { get; init; }

    /// <summary>The shift of dynamic shifting, see <see cref="INoiseScheduler.DynamicShift"/>.</summary>
    /// <value>Ignored by flow matching with a static shift; other methods take <c>null</c> only.</value>
    public double? Mu { get; init; }
}
