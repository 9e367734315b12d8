using SimServe.Cli.Validation;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Profiling;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Profiles;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Workloads;

namespace SimServe.Cli.Profiling;

/// <summary>Measures the profile of real workers: records templates, then lets all workers measure at once.</summary>
/// <param name="real">The workers, without faults, and the store that the templates are recorded into.</param>
/// <param name="first">Some template, whose picture the libraries are tried on before anything counts.</param>
/// <param name="maxBatchSize">Largest batch to measure.</param>
internal sealed class DeviceCalibration(RealRun real, EditTemplate first, int maxBatchSize)
{
    /// <summary>Workers that measure beside those that serve, since something else will keep as many cores busy: devices that run ControlNets.</summary>
    /// <value>None.</value>
    public int OthersBusy { get; init; }

    // Of the time to spend, what goes to serving.
    private const double ServiceShare = 0.4;

    // As many of the workers are busy as in a fleet that is neither idle nor full.
    private const double Load = 0.5;

    // Share of the time that is served for a profile and does not count: threads, buffers and caches are cold then, and what is predicted lasts longer.
    private const double WarmUp = 0.2;

    // No scenario has it by default: what is served here is not what a validation serves.
    internal const int Seed = 7919;

    /// <summary>Records the templates, measures, and serves requests of its own to see what service adds.</summary>
    public DeviceProfile Measure(double seconds, IValidationProgress progress, CancellationToken cancellation)
    {
        var profile = With(real with { Workers = real.Workers + OthersBusy }, (loop, devices) =>
        {
            var profiler = new DeviceProfiler(real.Model, real.Templates, maxBatchSize);
            Record(loop, devices, profiler, progress, cancellation);
            return progress.Show("profiling the workers", report => profiler.Measure(devices, seconds * (1 - ServiceShare), new Report(report), cancellation));
        });
        var service = progress.Show("serving for the profile", report =>
        {
            var masked = InService(profile, new PolicyOptions().Pipeline, null, seconds * ServiceShare / 2, cancellation);
            report(0.5);
            var full = InService(profile, FullPipeline.Name, null, seconds * ServiceShare / 2, cancellation);
            report(1);
            return ServiceFit.Of(masked, full);
        });
        return profile with { ServiceFactor = service.Factor, ServiceStepSeconds = service.StepSeconds, ServiceSpread = service.Spread };
    }

    /// <summary>How many times as long as a profile says computation takes at present, by requests that are served for the purpose.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="pipeline">Name of the pipeline that is about to serve: plain and masked steps may be slowed differently.</param>
    /// <param name="seconds">About how long to serve, seconds.</param>
    /// <param name="cancellation">Ends it early.</param>
    public double Pace(DeviceProfile profile, string pipeline, double seconds, CancellationToken cancellation) => ServiceFit.PaceOf(InService(profile, pipeline, null, seconds, cancellation));

    /// <summary>How many times as long a ControlNet takes as the profile says of its blocks, by requests that are served for the purpose with ControlNets on the workers.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="addOns">The ControlNets, at least one; every other of these requests uses one of them.</param>
    /// <param name="seconds">About how long to serve, seconds.</param>
    /// <param name="cancellation">Ends it early.</param>
    public double ControlFactor(DeviceProfile profile, RealAddOns addOns, double seconds, CancellationToken cancellation)
    {
        var steps = InService(profile, FullPipeline.Name, addOns, seconds, cancellation);
        return ServiceFit.ControlFactorOf(steps.Where(static plan => plan.Controls.Count > 0), steps.Where(static plan => plan.Controls.Count == 0));
    }

    private ServedSteps InService(DeviceProfile profile, string pipeline, RealAddOns? addOns, double seconds, CancellationToken cancellation)
    {
        // Batches mix requests: those with ControlNets would hardly ever step without others.
        var (shape, policies) = (real.Shape, new PolicyOptions { MaxBatchSize = addOns is null ? maxBatchSize : 1, Routing = LeastRequests.Name, Pipeline = pipeline });
        var costs = new FittedCostModel(profile, shape);
        var alone = real.Steps * new StepPlanner(shape, costs, PolicyCatalogue.CreatePipeline(pipeline)).StepTime(1, shape.Grid.Count / 8).TotalSeconds;
        var rate = Load * real.Workers / alone;
        var requests = new WorkloadBuilder(
            new WorkloadOptions { Requests = Math.Max((addOns is null ? 2 : 4) * real.Workers, (int)(rate * seconds)), RequestsPerSecond = rate, Steps = real.Steps, Templates = real.Templates.Count },
            shape.Grid).Build(Seed);
        var setup = PolicyCatalogue.CreateSetup(policies, shape, [.. Enumerable.Repeat<ICostModel>(costs, real.Workers)]);
        var served = (real with { AddOns = addOns }).Serve(setup, addOns is null ? requests : WithControlNets(requests, addOns.ControlNets.Count), null, cancellation).Serving;
        var warm = Instant.FromSeconds(WarmUp * served.EndedAt.TotalSeconds);
        return new ServedSteps(shape, costs, [.. served.Segments.Where(segment => segment.End > warm)], profile.ComputeShares);
    }

    // Every other request.
    private static Request[] WithControlNets(IReadOnlyList<Request> requests, int controlNets) =>
        [.. requests.Select((request, index) => index % 2 == 0 ? request : request with { Adapters = new AdapterSet([index / 2 % controlNets], []) })];

    /// <summary>Records the templates only.</summary>
    public void Record(IValidationProgress progress, CancellationToken cancellation) => With(real, (loop, devices) =>
    {
        Record(loop, devices, null, progress, cancellation);
        return true;
    });

    private static T With<T>(RealRun run, Func<WallClockLoop, TorchDevice[], T> job)
    {
        using var loop = new WallClockLoop();
        var devices = run.CreateDevices(loop);
        try
        {
            return job(loop, devices);
        }
        finally
        {
            Array.ForEach(devices, static device => device.Dispose());
        }
    }

    private void Record(WallClockLoop loop, TorchDevice[] devices, DeviceProfiler? profiler, IValidationProgress progress, CancellationToken cancellation)
    {
        TryLibraries();
        progress.Show("recording the templates", report => loop.Run(() => Record(devices, profiler, loop, report), cancellation));
    }

    // The first recording also pays for the libraries' first use: a short one of no consequence goes before those that are timed.
    private void TryLibraries() => real.Model.Record(first, steps: 1).Dispose();

    private async Pending<bool> Record(TorchDevice[] devices, DeviceProfiler? profiler, WallClockLoop loop, Action<double> report)
    {
        for (var i = 0; i < real.Templates.Count; i++)
        {
            var start = loop.Now;
            var staged = await devices[i % devices.Length].Record(new TemplateId(i));
            if (staged.Fault is { } fault)
            {
                throw new DeviceFailedException($"Template {i} could not be recorded: {fault}");
            }

            profiler?.Recorded(real.Steps, (loop.Now - start).TotalSeconds);
            report((i + 1.0) / real.Templates.Count);
        }

        return true;
    }

    // Progress<T> posts to the thread pool; the profiler's thread reports itself.
    private sealed class Report(Action<double> report) : IProgress<double>
    {
        void IProgress<double>.Report(double value) => report(value);
    }
}
