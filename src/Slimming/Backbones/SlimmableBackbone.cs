using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Native;
using SimServe.Policies;
using SimServe.Slimming.Plans;
using SimServe.Slimming.Selection;
using SimServe.Slimming.Spectra;
using static TorchSharp.torch;

namespace SimServe.Slimming.Backbones;

/// <summary>The denoiser of a pipeline's folder as something whose hidden units can be counted, analysed and cut: U-Nets (Stable Diffusion 1, 2, XL) and Flux transformers.</summary>
/// <remarks>
/// Cut are the insides of residual blocks and feed-forward networks. What blocks add to, skip to and attend with keeps its width: nothing outside a part knows of the cut, so that adapters' and ControlNets' features still fit.
/// A channel inside a residual block belongs to a group of its second norm, and stays in it: every group loses as many.
/// </remarks>
public sealed class SlimmableBackbone : ISlimTarget, IDisposable
{
    private const string ConfigName = "config.json";
    private const string WeightsName = "diffusion_pytorch_model.safetensors";
    private const int TextTokens = 77;

    // What shapes take a latent pixel for.
    private const int LatentPixels = 8;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly WeightFiles _weights;
    private readonly Func<LayerWidths, ModelShape> _shape;
    private readonly string _folder;
    private readonly SlimSize _full;
    private readonly SlimSize[] _perUnit;

    private SlimmableBackbone(string folder, IReadOnlyList<BackbonePart> parts, WeightFiles weights, Func<LayerWidths, ModelShape> shape)
    {
        (_folder, Parts, _weights, _shape) = (folder, parts, weights, shape);
        Groups = [.. parts.Select(static part => part.Group)];
        int[] widths = [.. Groups.Select(static group => group.Units)];
        _full = Counted(widths);
        _perUnit = [.. Groups.Select((group, index) => PerUnit(widths, index, group))];
    }

    /// <summary>The parts that can be cut, in order of execution.</summary>
    public IReadOnlyList<BackbonePart> Parts { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SlimGroup> Groups { get; }

    /// <summary>The denoiser's name in its pipeline: <c>unet</c> or <c>transformer</c>.</summary>
    public string Component => Path.GetFileName(_folder);

    /// <summary>What tells the model from others in plans: the folder's name and the denoiser's.</summary>
    public string Name => $"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(_folder)))}/{Component}";

    /// <summary>Whether <see cref="GpuBackend.Training.UNetRecovery"/> can teach it again: it is the U-Net of a pipeline with one text encoder.</summary>
    public bool CanRecover => Component == "unet" && !Directory.Exists(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_folder))!, "text_encoder_2"));

    /// <summary>Hash of all weights: names, types, shapes and numbers.</summary>
    public string Identity()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in _weights.Names.Order(StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            var weight = _weights.Read(name);
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {weight.dtype} {string.Join(",", weight.shape)};"));
            hash.AppendData(weight.bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Energies of every part's units, from their weights.</summary>
    /// <param name="progress">Told the share done, or <c>null</c>.</param>
    /// <param name="cancellation">Ends it between two parts.</param>
    /// <exception cref="SlimmingException">A weight is not finite.</exception>
    public IReadOnlyList<Spectrum> Spectra(Action<double>? progress = null, CancellationToken cancellation = default)
    {
        var spectra = new List<Spectrum>();
        foreach (var part in Parts)
        {
            cancellation.ThrowIfCancellationRequested();
            spectra.Add(Spectrum.OfRows(RowsOf(part), part.Group.Units, SpectrumOptions.Default with { Name = part.Group.Name }));
            progress?.Invoke((double)spectra.Count / Parts.Count);
        }

        return spectra;
    }

    /// <summary>The units that stay.</summary>
    /// <param name="widths">Units of every group, as a plan says.</param>
    /// <param name="selection">Chooses them.</param>
    /// <returns>Of every part, ascending.</returns>
    /// <remarks>Channels in front of a norm are chosen within its groups, as many of each, so that every channel stays in its group.</remarks>
    public IReadOnlyList<int[]> Kept(IReadOnlyList<int> widths, IUnitSelection selection)
    {
        ArgumentNullException.ThrowIfNull(widths);
        ArgumentNullException.ThrowIfNull(selection);
        return [.. Parts.Zip(widths, (part, width) => Kept(part, width, selection))];
    }

    /// <summary>Opens the denoiser of a pipeline.</summary>
    /// <param name="pipeline">A folder in diffusers' layout.</param>
    /// <exception cref="FileNotFoundException">There is no denoiser, or a file of it is missing.</exception>
    /// <exception cref="ModelFileException">A file is not sound, the denoiser is of another family, or weights are missing, have other shapes or are not finite.</exception>
    public static SlimmableBackbone Open(string pipeline)
    {
        ArgumentException.ThrowIfNullOrEmpty(pipeline);
        LibTorch.Load();
        string[] components = ["unet", "transformer"];
        var folder = components.Select(name => Path.Combine(pipeline, name)).FirstOrDefault(static path => File.Exists(Path.Combine(path, ConfigName)))
            ?? throw new FileNotFoundException($"{pipeline} has neither unet/{ConfigName} nor transformer/{ConfigName}: name the folder of a pipeline in diffusers' layout.");
        var file = ConfigFile.Open(Path.Combine(folder, ConfigName));
        var weights = WeightFiles.Open(folder);
        try
        {
            var backbone = file.ClassName switch
            {
                "UNet2DConditionModel" => Of(folder, UNetConfig.Read(file), weights),
                nameof(FluxTransformer2DModel) => Of(folder, FluxTransformerConfig.Read(file), SideOf(pipeline), weights),
                var other => throw new ModelFileException($"{file.Path}: \"_class_name\" is {(other.Length == 0 ? "missing" : other)}; UNet2DConditionModel and FluxTransformer2DModel can be slimmed."),
            };
            backbone.Check();
            return backbone;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Weights and multiplications of a part are proportional to its units, and no part's depend on another's.</remarks>
    public SlimSize SizeOf(IReadOnlyList<int> widths)
    {
        ArgumentNullException.ThrowIfNull(widths);
        var (parameters, macs) = (_full.Parameters, _full.Macs);
        for (var i = 0; i < _perUnit.Length; i++)
        {
            var dropped = Groups[i].Units - widths[i];
            parameters -= dropped * _perUnit[i].Parameters;
            macs -= dropped * _perUnit[i].Macs;
        }

        return new SlimSize(parameters, macs);
    }

    /// <inheritdoc/>
    public double? SecondsOf(IReadOnlyList<int> widths) => null;

    /// <summary>The vectors of a part's units.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    /// <returns>Units times k numbers, one unit after another.</returns>
    /// <remarks>A residual block's unit is a filter of its first convolution (the paper's); a feed-forward network's is all that makes and reads a hidden channel: row, bias and column, of value and gate.</remarks>
    public float[] RowsOf(BackbonePart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        using var scope = NewDisposeScope();
        Tensor[] rows = [.. part.Slices.Where(static slice => slice.IsVector).Select(slice => UnitsFirst(slice, part.Group.Units).reshape(part.Group.Units, -1))];
        return [.. cat(rows, 1).contiguous().data<float>()];
    }

    /// <summary>Scales of the norm behind a part's units: what a channel's absolute scale says of it.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    /// <returns>A scale for every unit, or <c>null</c> where no norm follows.</returns>
    public float[]? ScalesOf(BackbonePart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        using var scope = NewDisposeScope();
        return part.Group.Kind == UnitKind.ConvolutionInterior ? [.. UnitsFirst(new UnitSlice($"{part.Group.Name}.norm2.weight", 0, 0, false), part.Group.Units).data<float>()] : null;
    }

    /// <summary>Writes a pipeline with the slim denoiser: all other components are copied.</summary>
    /// <param name="kept">The units that every part keeps, ascending.</param>
    /// <param name="pipeline">The folder that <see cref="Open"/> was given.</param>
    /// <param name="output">The new folder; it must not exist or be empty. It is written beside its place and renamed: whole or not there.</param>
    /// <param name="taught">Weights that replace those that were cut, by name, of the same shapes; <c>null</c>: none do.</param>
    /// <param name="add">Writes more into the new folder, e.g. the plan; may throw.</param>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    public void Write(IReadOnlyList<int[]> kept, string pipeline, string output, IReadOnlyDictionary<string, Tensor>? taught, Action<string> add)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(add);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw new IOException($"{output} is not empty: name a folder that does not exist, or remove what is in it.");
        }

        var temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            Copy(Path.GetFullPath(pipeline), temporary);
            WriteDenoiser(kept, Path.Combine(temporary, Component), taught);
            add(temporary);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(temporary, target);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    /// <summary>The widths as the configuration says them.</summary>
    /// <param name="widths">Units of every group.</param>
    internal LayerWidths WidthsOf(IReadOnlyList<int> widths)
    {
        ArgumentNullException.ThrowIfNull(widths);
        return new LayerWidths(Groups.Zip(widths).ToDictionary(static pair => pair.First.Name, static pair => pair.Second, StringComparer.Ordinal));
    }

    private int[] Kept(BackbonePart part, int width, IUnitSelection selection)
    {
        var (rows, scales, groups) = (RowsOf(part), ScalesOf(part), part.Group.Multiple);
        var (units, columns) = (part.Group.Units / groups, rows.Length / part.Group.Units);
        return
        [
            .. Enumerable.Range(0, groups).SelectMany(group => selection.Keep(
                new UnitRows
                {
                    Name = groups == 1 ? part.Group.Name : $"{part.Group.Name} group {group}",
                    Values = rows.AsMemory(group * units * columns, units * columns),
                    Units = units,
                    Scales = scales?[(group * units)..((group + 1) * units)],
                },
                width / groups).Select(unit => (group * units) + unit)),
        ];
    }

    // By the model's shape, whatever it costs.
    internal SlimSize Counted(IReadOnlyList<int> widths)
    {
        var shape = _shape(WidthsOf(widths));
        return new SlimSize(shape.Parameters ?? 0, shape.ForwardWork.Flops / 2);
    }

    private SlimSize PerUnit(int[] widths, int index, SlimGroup group)
    {
        if (group.Units == 1)
        {
            return new SlimSize(0, 0);
        }

        var fewer = Counted([.. widths.Select((width, at) => at == index ? width - 1 : width)]);
        return new SlimSize(_full.Parameters - fewer.Parameters, _full.Macs - fewer.Macs);
    }

    // What a part keeps of every weight that it lies in.
    internal Dictionary<string, Tensor> Cut(IReadOnlyList<int[]> kept)
    {
        var cuts = new Dictionary<string, List<(UnitSlice Slice, int Units, int[] Kept)>>(StringComparer.Ordinal);
        foreach (var (part, units) in Parts.Zip(kept))
        {
            foreach (var slice in part.Slices)
            {
                (cuts.TryGetValue(slice.Tensor, out var list) ? list : cuts[slice.Tensor] = []).Add((slice, part.Group.Units, units));
            }
        }

        return _weights.Names.ToDictionary(static name => name, name => cuts.TryGetValue(name, out var cut) ? CutOf(_weights.Read(name), cut) : _weights.Read(name), StringComparer.Ordinal);
    }

    // Several slices of one axis (value and gate), or units behind others that stay (a single-stream block's output).
    private static Tensor CutOf(Tensor weight, List<(UnitSlice Slice, int Units, int[] Kept)> cuts)
    {
        var axis = cuts[0].Slice.Axis;
        var dropped = new HashSet<long>();
        foreach (var (slice, units, kept) in cuts)
        {
            dropped.UnionWith(Enumerable.Range(0, units).Except(kept).Select(unit => (long)slice.Offset + unit));
        }

        long[] indices = [.. Enumerable.Range(0, (int)weight.shape[axis]).Select(static index => (long)index).Where(index => !dropped.Contains(index))];
        return dropped.Count == 0 ? weight : weight.index_select(axis, tensor(indices));
    }

    private static SlimmableBackbone Of(string folder, UNetConfig config, WeightFiles weights)
    {
        var parts = config.WidthParts.Select((part, depth) =>
        {
            var isResidual = !part.Path.EndsWith(".ff", StringComparison.Ordinal);
            var group = isResidual
                ? GroupOf(part, UnitKind.ConvolutionInterior, config.Encoder.Widths, depth, [.. new[] { "conv1", "time_emb_proj", "norm2", "conv2" }.Select(name => $"{part.Path}.{name}")])
                : GroupOf(part, UnitKind.GatedFeedForward, config.Encoder.Widths, depth, $"{part.Path}.net.0.proj", $"{part.Path}.net.2");
            return isResidual ? BackbonePart.ResidualBlock(group) : BackbonePart.GatedFeedForward(group);
        });
        var side = config.SampleSize ?? 64;
        return new SlimmableBackbone(folder, [.. parts], weights, widths => (config with { Encoder = config.Encoder with { Widths = widths } }).ToShape(
            new ShapeOptions { Name = folder, Width = LatentPixels * side, Height = LatentPixels * side, TextTokens = TextTokens, BytesPerElement = sizeof(float) }));
    }

    private static SlimmableBackbone Of(string folder, FluxTransformerConfig config, int side, WeightFiles weights)
    {
        var parts = config.WidthParts.Select((part, depth) =>
        {
            var isSingle = part.Path.StartsWith("single", StringComparison.Ordinal);
            var group = isSingle
                ? GroupOf(part, UnitKind.FeedForward, config.Widths, depth, $"{part.Path}.proj_mlp", $"{part.Path}.proj_out")
                : GroupOf(part, UnitKind.FeedForward, config.Widths, depth, $"{part.Path}.net.0.proj", $"{part.Path}.net.2");
            return isSingle ? BackbonePart.SingleStream(group, config.Width) : BackbonePart.FeedForward(group);
        });
        return new SlimmableBackbone(folder, [.. parts], weights, widths => (config with { Widths = widths }).ToShape(
            new ShapeOptions { Name = folder, Width = LatentPixels * side, Height = LatentPixels * side, TextTokens = TextTokens, BytesPerElement = sizeof(float) }));
    }

    // Side of the latents of the pipeline's usual image.
    private static int SideOf(string pipeline)
    {
        const int Usual = 1024;
        var (index, vae) = (Path.Combine(pipeline, "model_index.json"), Path.Combine(pipeline, "vae", ConfigName));
        var pixels = File.Exists(index) ? ConfigFile.Open(index).Whole("_default_size", Usual) : Usual;
        return pixels / (File.Exists(vae) ? AutoencoderConfig.Read(ConfigFile.Open(vae)).Downscale : LatentPixels);
    }

    private static SlimGroup GroupOf(WidthPart part, UnitKind kind, LayerWidths widths, int depth, params IReadOnlyList<string> tied) => new()
    {
        Name = part.Path,
        Kind = kind,
        Units = widths.Of(part.Path, part.Full),
        Multiple = part.Multiple,
        Minimum = part.Multiple,
        Depth = depth,
        Tied = tied,
    };

    // Float32, the units' axis first, in memory of its own.
    private Tensor UnitsFirst(UnitSlice slice, int units) => _weights.Read(slice.Tensor).narrow(slice.Axis, slice.Offset, units).transpose(0, slice.Axis).to(ScalarType.Float32).contiguous();

    private void Check()
    {
        List<string> faults = [];
        foreach (var (part, slice) in Parts.SelectMany(static part => part.Slices.Select(slice => (part, slice))))
        {
            using var scope = NewDisposeScope();
            if (!_weights.Has(slice.Tensor))
            {
                faults.Add($"tensor \"{slice.Tensor}\" is missing");
            }
            else if (_weights.Read(slice.Tensor) is var weight && (weight.dim() <= slice.Axis || weight.shape[slice.Axis] < slice.Offset + part.Group.Units))
            {
                faults.Add($"tensor \"{slice.Tensor}\" has the shape [{string.Join(", ", weight.shape)}], which is too small for {part.Group.Units} units on axis {slice.Axis}");
            }
            else if (slice.Offset == 0 && !weight.isfinite().all().item<bool>())
            {
                faults.Add($"tensor \"{slice.Tensor}\" has numbers that are not finite; nothing can be said of its variance");
            }
        }

        if (faults.Count > 0)
        {
            throw new ModelFileException($"{_weights.Path}: {string.Join("; ", faults)}.");
        }
    }

    /// <summary>Writes the slim denoiser alone, in the numbers that it was stored in.</summary>
    /// <param name="kept">The units that every part keeps, ascending.</param>
    /// <param name="folder">Its folder, made when missing.</param>
    /// <param name="taught">Weights that replace those that were cut; <c>null</c>: none do.</param>
    public void WriteDenoiser(IReadOnlyList<int[]> kept, string folder, IReadOnlyDictionary<string, Tensor>? taught = null)
    {
        Directory.CreateDirectory(folder);
        using var scope = NewDisposeScope();
        var cut = Cut(kept);
        SafetensorsWriter.Write(
            Path.Combine(folder, WeightsName),
            cut.ToDictionary(static pair => pair.Key, pair => taught?.GetValueOrDefault(pair.Key)?.to(pair.Value.dtype) ?? pair.Value, StringComparer.Ordinal),
            new Dictionary<string, string> { ["format"] = "pt" });
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, ConfigName)))!.AsObject();
        config[LayerWidths.Key] = new JsonObject(Groups.Zip(kept).Select(static pair => KeyValuePair.Create(pair.First.Name, (JsonNode?)pair.Second.Length)));
        WholeFile.Write(Path.Combine(folder, ConfigName), config.ToJsonString(Indented) + "\n");
    }

    private void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.StartsWith(Path.GetFullPath(_folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
