namespace SimServe.GpuBackend.Models.UNets;

/// <summary>One resolution of a U-Net, going down or up.</summary>
/// <param name="Channels">Channels of its features.</param>
/// <param name="Layers">ResNet blocks, each followed by a transformer where the level has attention.</param>
/// <param name="HasAttention">Whether image tokens attend to each other and to the text here.</param>
/// <param name="Heads">Attention heads; divides <paramref name="Channels"/> where they are used.</param>
/// <param name="TransformerLayers">Transformer blocks behind each ResNet block.</param>
public sealed record UNetLevel(int Channels, int Layers, bool HasAttention, int Heads, int TransformerLayers);
