using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Schedulers;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Makes a scheduler for each request, because its state belongs to one request.</summary>
internal sealed class SchedulerChoice
{
    private const string FileName = "scheduler_config.json";

    private readonly Func<double, Func<INoiseScheduler>> _prepare;
    private readonly Func<INoiseScheduler> _plain;

    private SchedulerChoice(JsonElement config, string file, string? asClass)
    {
        _prepare = eta => NoiseSchedulerFactory.Prepare(config, file, asClass, eta);
        // Read and checked once: a wrong configuration is the folder's fault, not the first request's.
        _plain = _prepare(0);
    }

    /// <summary>Chooses the scheduler of a pipeline.</summary>
    /// <param name="folder">The pipeline's scheduler folder.</param>
    /// <param name="choice">See <see cref="PipelineOptions.Scheduler"/>.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="ModelFileException">The configuration is not sound, or there is no such scheduler.</exception>
    public static SchedulerChoice Of(string folder, string? choice)
    {
        var isFile = choice is not null && choice.EndsWith(".json", StringComparison.Ordinal);
        var file = isFile ? choice! : Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no file '{file}'.", file);
        }

        try
        {
            return new SchedulerChoice(PythonJson.Parse(file, File.ReadAllText(file)), file, isFile ? null : choice);
        }
        catch (Exception fault) when (fault is InvalidDataException or ArgumentException or JsonException)
        {
            throw new ModelFileException(fault.Message, fault);
        }
    }

    /// <summary>A scheduler for one request.</summary>
    /// <param name="eta">DDIM's fresh noise, from 0 to 1.</param>
    /// <param name="steps">Makes the steps for it.</param>
    /// <exception cref="InvalidRequestException">The scheduler cannot take such steps.</exception>
    public INoiseScheduler Start(double eta, Func<INoiseScheduler, SchedulerSteps> steps)
    {
        INoiseScheduler? scheduler = null;
        try
        {
            scheduler = Create(eta);
            scheduler.SetSteps(steps(scheduler));
            return scheduler;
        }
        catch (ArgumentException fault)
        {
            scheduler?.Dispose();
            throw new InvalidRequestException($"The request does not fit its scheduler: {fault.Message}", fault);
        }
    }

    private INoiseScheduler Create(double eta) => (eta == 0 ? _plain : _prepare(eta))();
}
