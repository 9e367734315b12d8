using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Profiling;
using SimServe.Policies;
using SimServe.Policies.Profiles;

namespace SimServe.GpuBackend.Tests.Devices;

public sealed class DeviceProfilerTests
{
    [Test]
    public void Every_term_of_the_cost_model_is_measured()
    {
        using var loop = new WallClockLoop();
        using var templates = new TemplateStore([new EditTemplate(Small.Noise(64, 64, 1), "a quiet harbour", 21)]);
        templates.Add(default, new TemplateRecorder(Small.Model).Record(templates[default], Small.Steps));
        var run = new RealRun
        {
            Model = Small.Model,
            Templates = templates,
            Device = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
            Workers = 2,
            Steps = Small.Steps,
        };
        var devices = run.CreateDevices(loop);
        var profiler = new DeviceProfiler(Small.Model, templates, maxBatchSize: 3);
        profiler.Recorded(Small.Steps, 0.01);
        var profile = profiler.Measure(devices, seconds: 0.2, progress: null, CancellationToken.None);
        Array.ForEach(devices, static device => device.Dispose());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                profile.Samples.Select(static sample => sample.Term).Distinct(),
                Is.EquivalentTo(new[]
                {
                    ProfileTerm.DoubleBlock, ProfileTerm.SingleBlock, ProfileTerm.Load, ProfileTerm.StepOverhead,
                    ProfileTerm.Encode, ProfileTerm.Decode, ProfileTerm.Record,
                }));
            Assert.That(profile.Samples.Select(static sample => sample.Seconds), Is.All.GreaterThan(0));
            Assert.That(
                profile.Samples.Where(static sample => sample.Term == ProfileTerm.SingleBlock).Select(static sample => sample.Work.Members).Distinct(),
                Is.EquivalentTo(new[] { 1, 2, 3 }));
            Assert.That(profile.Environment, Does.Contain("cores").And.Contain("libtorch"));
            Assert.That(profile.ModelSizes, Is.EqualTo(Small.Model.Config.ToShape().Sizes));
        }
    }

    [Test]
    public void A_profile_of_keys_and_values_names_them_and_measures_no_projection_of_reused_rows()
    {
        using var model = new FluxModel(Small.Config with { Cache = new CacheFormat(CacheVariant.KeysValues, CacheNumbers.Int8) }, Small.Model.Seed);
        using var loop = new WallClockLoop();
        using var templates = new TemplateStore([new EditTemplate(Small.Noise(64, 64, 1), "a quiet harbour", 21)]);
        templates.Add(default, new TemplateRecorder(model).Record(templates[default], Small.Steps));
        using var device = new TorchDevice(
            new TorchDeviceOptions { Name = "cpu:0", Spec = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 }, Steps = Small.Steps }, model, templates, loop);
        var profile = new DeviceProfiler(model, templates, maxBatchSize: 1).Measure([device], seconds: 0.1, progress: null, CancellationToken.None);
        var single = model.Config.Transformer.DoubleBlocks;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(profile.Cache, Is.EqualTo("keys-values, int8"));
            Assert.That(
                profile.Samples.Where(static sample => sample.Term == ProfileTerm.SingleBlock).Select(static sample => sample.Work),
                Does.Contain(model.Config.ToShape().CachedWork(single, 1, 7)).And.Not.Contain(model.Config.ToShape().Blocks[single].MaskedWork(7)));
        }
    }

    [Test]
    public void Stopping_it_throws_and_leaves_the_workers_idle()
    {
        using var loop = new WallClockLoop();
        using var templates = new TemplateStore([new EditTemplate(Small.Noise(64, 64, 1), "a quiet harbour", 21)]);
        templates.Add(default, new TemplateRecorder(Small.Model).Record(templates[default], Small.Steps));
        using var device = new TorchDevice(
            new TorchDeviceOptions
            {
                Name = "cpu:0",
                Spec = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
                Steps = Small.Steps,
            },
            Small.Model,
            templates,
            loop);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.That(
            () => new DeviceProfiler(Small.Model, templates, 2).Measure([device], 60, null, cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }
}
