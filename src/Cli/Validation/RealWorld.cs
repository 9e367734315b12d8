using SimServe.Cli.Profiling;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Profiling;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;
using SimServe.Simulator.Replays;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Validation;

/// <summary>The model, the templates and the workers of a scenario on this machine.</summary>
internal sealed class RealWorld : IDisposable
{
    // Of every model that is measured or serves here.
    public const long WeightsSeed = 1;

    private readonly ScenarioFiles _files;
    private readonly DeviceProfile? _given;
    private readonly ServedModels _models;
    private readonly TemplateStore _templates;

    // Given: a profile that was measured before, or null to measure one.
    public RealWorld(ScenarioFiles files, DeviceProfile? given)
    {
        (_files, _given, Torch, Shape) = (files, given, LibTorch.Load(), files.Model.ToShape());
        var device = TorchNames.Device(files.Serving.Device);
        _models = new ServedModels(files.Model, WeightsSeed, device, Size);
        _templates = new TemplateStore(files.Templates);
        Run = new RealRun
        {
            Model = _models.First,
            OtherModels = _models.Others,
            Templates = _templates,
            Device = given?.Device ?? DeviceProbe.Spec(device, files.Model.Type, Scenario.Fleet.LinkBytesPerSecond),
            Workers = Scenario.Fleet.Workers,
            Steps = Scenario.Steps,
            Faults = Scenario.Faults,
            CacheHosts = Scenario.Fleet.Host.CacheHosts,
        };
    }

    public LibTorchInfo Torch { get; }

    public ModelShape Shape { get; }

    // A run whose templates are all recorded once it is prepared.
    public RealRun Run { get; }

    private Scenario Scenario => _files.Scenario;

    private int LargestBatch => Math.Max(Scenario.Policies.MaxBatchSize, Scenario.Baseline.MaxBatchSize);

    private ServingSize Size => new() { Workers = Scenario.Fleet.Workers, BatchSize = LargestBatch, Templates = _files.Templates.Count, Steps = Scenario.Steps };

    // Measures the workers without the scenario's faults.
    public DeviceCalibration Calibration => new(Run with { Faults = [] }, _files.Templates[0], LargestBatch);

    // Records the templates, and says what planners and routers believe of the workers.
    public DeviceProfile Prepare(IValidationProgress progress, CancellationToken cancellation)
    {
        if (_given is null)
        {
            return Calibration.Measure(Scenario.ProfileSeconds, progress, cancellation);
        }

        Calibration.Record(progress, cancellation);
        return _given;
    }

    public ServingSetup Setup(PolicyOptions policies, ICostModel costs) =>
        PolicyCatalogue.CreateSetup(policies, Shape, [.. Enumerable.Repeat(costs, Scenario.Fleet.Workers)]);

    public RealRunResult Serve(PolicyOptions policies, ICostModel costs, IReadOnlyList<Request> requests, IRunObserver observer, CancellationToken cancellation) =>
        Serve(Run, Scenario.Fleet.WarmTemplates, Setup(policies, costs), requests, observer, cancellation);

    // Preparing recorded every template; a run that starts cold gets a store of its own.
    public RealRunResult Serve(RealRun run, bool warm, ServingSetup setup, IReadOnlyList<Request> requests, IRunObserver? observer, CancellationToken cancellation)
    {
        using var cold = warm ? null : new TemplateStore(_files.Templates);
        return (run with { Templates = cold ?? _templates }).Serve(setup, requests, observer, cancellation);
    }

    // The edit by its masked tokens alone; null where a fault lost the template's recording.
    public RgbImage? Crop(Request request) => _templates.Holds(request.Template) ? NaiveCrop.Of(_models.First, _templates.Recording(request.Template), request) : null;

    // How far the loop in virtual time decides what it decided in a real run, with the times of that run; the policies must be new.
    public ReplayAgreement Replay(Scenario scenario, ServingSetup setup, IReadOnlyList<Request> requests, RunRecording recording, ServingResult served, IRunObserver? observer = null) => RunReplay.Compare(
        setup with { Notices = Fault.Notices(scenario.Faults) },
        requests,
        recording,
        served,
        [.. Enumerable.Range(0, scenario.Fleet.Workers).Select(worker => (Run.NameOf(worker), Run.Device))],
        observer);

    public void Dispose()
    {
        _templates.Dispose();
        _models.Dispose();
    }
}
