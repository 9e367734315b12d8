namespace SimServe.Simulator.Replays;

/// <summary>How far a loop that is fed with a recording decided again what the recorded run had decided.</summary>
/// <param name="Steps">Denoising steps of all workers in the recorded run.</param>
/// <param name="Agreed">Those that the replay took with the same batch, the same plan and on the same worker, before the worker's first step that differs.</param>
/// <param name="Divergence">The first thing that differs, in words, or <c>null</c>.</param>
public sealed record ReplayAgreement(long Steps, long Agreed, string? Divergence)
{
    /// <summary>Agreed steps over steps, from 0 to 1; 1 where there was no step.</summary>
    public double Share => Steps == 0 ? 1 : (double)Agreed / Steps;
}
