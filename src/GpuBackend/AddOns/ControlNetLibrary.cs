using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using TorchSharp;

namespace SimServe.GpuBackend.AddOns;

/// <summary>The ControlNets that requests may ask for, by their numbers, from 0: opened when they are needed.</summary>
/// <remarks>Nothing in it changes: any number of threads may open at once.</remarks>
public sealed class ControlNetLibrary
{
    private readonly IReadOnlyList<ControlNetSource> _sources;
    private readonly ServedConfig _model;

    /// <summary>Creates a library; no file is opened yet.</summary>
    /// <param name="sources">The ControlNets in the order of their numbers.</param>
    /// <param name="model">The model that they are for.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public ControlNetLibrary(IReadOnlyList<ControlNetSource> sources, ServedConfig model)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(model);
        if (sources.FirstOrDefault(static source => !double.IsFinite(source.Scale)) is { } bad)
        {
            throw new ArgumentException($"The scale of {bad.Folder} is {bad.Scale}; it must be a finite number.", nameof(sources));
        }

        (_sources, _model) = ([.. sources], model);
    }

    /// <summary>Bandwidth of the storage that ControlNets come from, bytes/s, above 0: to open one takes at least as long as its files' bytes over it.</summary>
    /// <value><c>null</c>: as fast as the file system is.</value>
    public double? BytesPerSecond { get; init; }

    /// <summary>ControlNets that requests may ask for.</summary>
    public int Count => _sources.Count;

    /// <summary>Factor of a ControlNet's residuals.</summary>
    /// <param name="number">Its number, of those that there are.</param>
    public double Scale(int number) => _sources[number].Scale;

    /// <summary>Bytes of a ControlNet's weights as they are stored.</summary>
    /// <param name="number">Its number, of those that there are.</param>
    /// <exception cref="IOException">There is no such folder.</exception>
    public long FileBytes(int number) => Directory.EnumerateFiles(_sources[number].Folder, "*.safetensors").Sum(static file => new FileInfo(file).Length);

    /// <summary>Opens a ControlNet.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="device">Where it computes, in the model's type.</param>
    /// <returns>The caller's.</returns>
    /// <exception cref="FileNotFoundException">There is no such folder or file.</exception>
    /// <exception cref="ModelFileException">There is no such ControlNet, a file is not sound, or it was made for another model.</exception>
    public ControlNetModel Open(int number, torch.Device device) => Open(number, device, null);

    /// <summary>Opens a ControlNet and waits for its storage in a given way.</summary>
    internal ControlNetModel Open(int number, torch.Device device, Action<TimeSpan>? wait)
    {
        if (number < 0 || number >= _sources.Count)
        {
            throw new ModelFileException(_sources.Count == 0 ? $"There is no ControlNet {number}: none are served." : $"There is no ControlNet {number}; served are 0 to {_sources.Count - 1}.");
        }

        var folder = _sources[number].Folder;
        if (_model is not StableDiffusionConfig served)
        {
            throw new ModelFileException($"{folder}: '{_model.Name}' takes no ControlNets; U-Nets do.");
        }

        var storage = new AddOnStorage(BytesPerSecond);
        var begun = storage.Begin();
        var net = PipelineFactory.ControlNet(folder, new PipelineOptions { Type = _model.Type, Device = device, Optimisations = Layers.BackboneOptimisations.None });
        if (Misfit(net.Config.Encoder, served.UNet) is { } misfit)
        {
            net.Dispose();
            throw new ModelFileException($"{folder}: the ControlNet was made for another model than '{_model.Name}': {misfit}.");
        }

        storage.End(begun, FileBytes(number), wait);
        return net;
    }

    private static string? Misfit(UNetEncoderConfig net, UNetConfig unet) =>
        !net.SkipChannels.SequenceEqual(unet.Encoder.SkipChannels) ? $"its features have {string.Join(", ", net.SkipChannels)} channels, the U-Net's {string.Join(", ", unet.Encoder.SkipChannels)}"
        : net.TextWidth != unet.Encoder.TextWidth ? $"it reads text of width {net.TextWidth}, the U-Net of {unet.Encoder.TextWidth}"
        : net.InChannels != unet.OutChannels ? $"it reads {net.InChannels} channels, latents have {unet.OutChannels}"
        : null;
}
