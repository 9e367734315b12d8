using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tests.Adapters;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.GpuBackend.Weights;
using SimServe.Policies.AddOns;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.AddOns;

public sealed class LoraLibraryTests
{
    private const long Bytes = 4 * ((2 * 5) + (4 * 2));

    private TemporaryFolder _folder = null!;
    private WeightStore _store = null!;
    private AdapterSet _set = null!;
    private DisposeScope _scope = null!;

    [SetUp]
    public void MakeModel()
    {
        _scope = NewDisposeScope();
        _folder = new TemporaryFolder();
        _store = AdapterCase.Model(ScalarType.Float32);
        _set = new AdapterSet(_store);
    }

    [TearDown]
    public void RemoveModel()
    {
        _store.Dispose();
        _scope.Dispose();
        _folder.Remove();
    }

    [TestCase(0L)]
    [TestCase(Bytes)]
    [TestCase(100 * Bytes)]
    public void What_is_kept_does_not_change_what_is_loaded(long hostBytes)
    {
        using var library = new LoraLibrary([Source(1), Source(3, 0.5)], new LoraLibraryOptions { HostBytes = hostBytes });
        float[][] Loaded() => [.. new int[][] { [0], [1], [0, 1], [1, 0], [] }.Select(loras => Numbers(library, loras))];
        var first = Loaded();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Loaded(), Is.EqualTo(first));
            Assert.That(first[2], Is.EqualTo(Applied((1, 1), (3, 0.5))), "the sum of both");
            Assert.That(first[4], Is.EqualTo(Numbers(_store)), "none is none");
            Assert.That(library.KeptBytes, Is.EqualTo(Math.Min(hostBytes, 2 * Bytes)));
        }
    }

    [Test]
    public void The_bound_holds_and_the_least_recently_used_one_goes_first()
    {
        using var library = new LoraLibrary([Source(1), Source(3), Source(5)], new LoraLibraryOptions { HostBytes = 2 * Bytes });
        foreach (var lora in new[] { 0, 1, 0, 2, 0, 1 })
        {
            library.Load(_set, [lora]).Dispose();
        }

        Assert.That((library.Hits, library.Misses, library.KeptBytes), Is.EqualTo((2L, 4L, 2 * Bytes)), "1 went for 2, and 2 for 1");
    }

    [Test]
    public void What_comes_ahead_drives_out_what_was_agreed_on_or_nothing_and_counts_as_nobodys_use()
    {
        using var library = new LoraLibrary([Source(1), Source(3)], new LoraLibraryOptions { HostBytes = Bytes });
        library.Load(_set, [0]).Dispose();
        var room = library.RoomFor(1);
        library.Bring(1, new LoraAhead(null, static _ => { }));
        var (first, second) = (library.Has(0), library.Has(1));
        library.Bring(1, new LoraAhead(room.Victim, static _ => { }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(room, Is.EqualTo(new AdapterRoom(true, 0)));
            Assert.That((first, second), Is.EqualTo((true, false)), "nothing was agreed on");
            Assert.That((library.Has(0), library.Has(1), library.KeptBytes), Is.EqualTo((false, true, Bytes)));
            Assert.That((library.Hits, library.Misses), Is.EqualTo((0L, 1L)));
            Assert.That(() => library.Bring(7, new LoraAhead(null, static _ => { })), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void A_lora_that_is_kept_needs_its_file_no_more()
    {
        var source = Source(1);
        using var library = new LoraLibrary([source], new LoraLibraryOptions { HostBytes = Bytes });
        var first = Numbers(library, [0]);
        File.Delete(source.Path);
        Assert.That(Numbers(library, [0]), Is.EqualTo(first));
    }

    [Test]
    public void Files_that_cannot_be_used_say_why_and_leave_the_weights_alone()
    {
        var good = Source(1);
        var cut = _folder.Write("cut.safetensors", File.ReadAllBytes(good.Path)[..^3]);
        SafetensorsWriter.Write(_folder.At("rank.safetensors"), new Dictionary<string, Tensor>
        {
            ["unet.linear.lora_A.weight"] = AdapterCase.Noise(1, 3, 5), ["unet.linear.lora_B.weight"] = AdapterCase.Noise(2, 4, 2),
        });
        using var library = new LoraLibrary([good, new LoraSource(_folder.At("missing.safetensors")), new LoraSource(cut), new LoraSource(_folder.At("rank.safetensors")), Other()]);
        var original = _store.All["linear.weight"].Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => library.Load(_set, [0, 1]), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("missing.safetensors"));
            Assert.That(() => library.Load(_set, [0, 2]), Throws.TypeOf<ModelFileException>().With.Message.Contains("cut.safetensors"));
            Assert.That(() => library.Load(_set, [0, 3]), Throws.TypeOf<ModelFileException>().With.Message.Contains("rank 2, but the down matrix 3"));
            Assert.That(() => library.Load(_set, [0, 4]), Throws.TypeOf<ModelFileException>().With.Message.Contains("made for another model"));
            Assert.That(() => library.Load(_set, [5]), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("served are 0 to 4"));
            Assert.That(() => library.Load(_set, [0, 0]), Throws.ArgumentException.With.Message.Contains("asked for once"));
            Assert.That(() => library.Changes(2, ModelPart.Denoiser), Throws.TypeOf<ModelFileException>());
            Assert.That(_store.All["linear.weight"].Value, Is.SameAs(original));
        }

        library.Load(_set, [0]).Dispose();
    }

    [Test]
    public void It_says_which_models_a_lora_changes()
    {
        using (AdapterCase.Adapter(_folder, "text", AdapterCase.Noise(1, 2, 5), AdapterCase.Noise(2, 4, 2), prefix: "text_encoder."))
        {
        }

        using var library = new LoraLibrary([Source(1), new LoraSource(_folder.At("text.safetensors"))]);
        bool[] Changed(int lora) => [.. Enum.GetValues<ModelPart>().Select(part => library.Changes(lora, part))];
        Assert.That((Changed(0), Changed(1)), Is.EqualTo((new[] { true, false, false }, new[] { false, true, false })));
    }

    [TestCase(0L)]
    [TestCase(Bytes)]
    [TestCase(3 * Bytes)]
    public void Many_threads_load_at_once_and_nothing_is_left(long hostBytes)
    {
        LoraSource[] sources = [Source(1), Source(3), Source(5), Source(7)];
        var expected = Enumerable.Range(0, 4).Select(lora => Applied(((2 * lora) + 1, 1), ((2 * ((lora + 1) % 4)) + 1, 1))).ToArray();
        var before = LiveTensors.Settled();
        using (var library = new LoraLibrary(sources, new LoraLibraryOptions { HostBytes = hostBytes }))
        {
            Parallel.For(0, 200, number =>
            {
                using var scope = NewDisposeScope();
                using var twin = AdapterCase.Twin(_store);
                using var loaded = library.Load(_set, [number % 4, (number + 1) % 4]);
                new AdapterSet(twin).Use(loaded);
                Assert.That(Numbers(twin), Is.EqualTo(expected[number % 4]));
            });
            Assert.That(library.KeptBytes, Is.LessThanOrEqualTo(hostBytes));
        }

        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    [Test]
    public void Bad_settings_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(static () => new LoraLibrary([new LoraSource("a", double.NaN)]), Throws.ArgumentException.With.Message.Contains("finite"));
            Assert.That(static () => new LoraLibrary([], new LoraLibraryOptions { HostBytes = -1 }), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(static () => new LoraLibrary([], new LoraLibraryOptions { Eviction = "none" }), Throws.ArgumentException.With.Message.Contains("lru"));
        }
    }

    private static float[] Numbers(WeightStore store)
    {
        using var flat = store.All["linear.weight"].Value.reshape(-1);
        return flat.data<float>().ToArray();
    }

    private LoraSource Source(int seed, double scale = 1)
    {
        using var adapter = AdapterCase.Adapter(_folder, $"a{seed}", AdapterCase.Noise(seed, 2, 5), AdapterCase.Noise(seed + 1, 4, 2));
        return new LoraSource(adapter.Path, scale);
    }

    private LoraSource Other()
    {
        using var adapter = AdapterCase.Adapter(_folder, "other", AdapterCase.Noise(1, 2, 6), AdapterCase.Noise(2, 4, 2));
        return new LoraSource(adapter.Path);
    }

    private float[] Numbers(LoraLibrary library, int[] loras)
    {
        using var loaded = library.Load(_set, loras);
        _set.Use(loaded);
        var numbers = Numbers(_store);
        _set.Use(null);
        return numbers;
    }

    private float[] Applied(params (int Seed, double Scale)[] adapters)
    {
        LoraAdapter[] opened = [.. adapters.Select(item => LoraFile.Open(_folder.At($"a{item.Seed}.safetensors")))];
        _set.Apply([.. opened.Zip(adapters, static (adapter, item) => (adapter, item.Scale))]);
        var numbers = Numbers(_store);
        _set.Remove();
        Array.ForEach(opened, static adapter => adapter.Dispose());
        return numbers;
    }
}
