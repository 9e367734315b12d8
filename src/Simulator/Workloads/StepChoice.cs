namespace SimServe.Simulator.Workloads;

/// <summary>A number of denoising steps that some requests take.</summary>
/// <param name="Steps">Steps, at least 1.</param>
/// <param name="Weight">How often, relative to the other choices: finite, greater than 0.</param>
public sealed record StepChoice(int Steps, double Weight);
