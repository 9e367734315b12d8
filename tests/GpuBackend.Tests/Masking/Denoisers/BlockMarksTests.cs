using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.UNets;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Tests.Models.UNets;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking.Denoisers;

/// <summary>Passes tell of each block that a model's shape has, of the same kind and in the same order.</summary>
public sealed class BlockMarksTests
{
    private const string TwoLevels =
        """
        {
          "_class_name": "UNet2DConditionModel", "block_out_channels": [8, 16], "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
          "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"], "layers_per_block": 2, "transformer_layers_per_block": [1, 2],
          "attention_head_dim": [2, 4], "cross_attention_dim": 12, "norm_num_groups": 4
        }
        """;

    private const string OnlyTheMiddleAttends =
        """
        {
          "_class_name": "UNet2DConditionModel", "block_out_channels": [8, 16], "attention_head_dim": 2, "cross_attention_dim": 12, "norm_num_groups": 4,
          "down_block_types": ["DownBlock2D", "DownBlock2D"], "up_block_types": ["UpBlock2D", "UpBlock2D"]
        }
        """;

    [TestCase(TwoLevels)]
    [TestCase(DenoiserCases.DeepUNetConfig)]
    [TestCase(OnlyTheMiddleAttends)]
    public void A_plain_pass_marks_the_blocks_of_the_models_shape(string config)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = Model(config);
        var kinds = new KindsPass();
        List<int> marks = [];
        var plain = new MaskedUNet(model).Plain(Lanes());
        var marked = new MaskedUNet(model).Forward(Lanes(), new MarkedPass(marks.Add));
        _ = new MaskedUNet(model).Forward(Lanes(), kinds);
        var blocks = Blocks(model);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(kinds.Issued, Is.EqualTo(blocks.Select(static block => block.Kind)));
            Assert.That(marks, Is.EqualTo(Enumerable.Range(0, blocks.Count)));
            Assert.That(SmallUNets.Difference(marked, plain), Is.Zero);
        }
    }

    [TestCase(TwoLevels)]
    [TestCase(DenoiserCases.DeepUNetConfig)]
    [TestCase(OnlyTheMiddleAttends)]
    public void A_masked_pass_marks_the_same_whichever_transformers_run_in_full(string config)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = Model(config);
        var denoiser = new MaskedUNet(model);
        using var layers = new RecordedLayers();
        _ = denoiser.Record(Lanes(), [layers], new RecordingOptions());
        LaneReuse[] lanes = [new(new MaskPyramid(EditMask.FromTokens(new TokenGrid(6, 8, 8), [3, 14])), layers)];
        foreach (var full in new[] { 0, 1, 2 })
        {
            var modes = new ReuseModes { Transformers = [.. Enumerable.Range(0, model.Transformers).Select(i => i % 2 < full ? BlockMode.Plain : BlockMode.Cached)] };
            using var pass = new Marked(lanes, modes);
            _ = denoiser.Forward(Lanes(), pass);
            Assert.That(pass.Marks, Is.EqualTo(Enumerable.Range(0, Blocks(model).Count)));
        }
    }

    private static UNet2DConditionModel Model(string config) =>
        new(UNetConfig.Read(ConfigFile.Parse("config.json", config)), WeightStore.Seeded(5, ScalarType.Float32, CPU));

    private static IReadOnlyList<BlockShape> Blocks(UNet2DConditionModel model) =>
        model.Config.ToShape(new ShapeOptions { Name = "tiny", Height = 64, Width = 48, TextTokens = 5, BytesPerElement = 4 }).Blocks;

    private static DenoiserBatch Lanes() => new()
    {
        Sample = randn([1, 4, 8, 6], generator: new Generator(1, CPU)),
        Timesteps = [500],
        Conditions = [new DenoiserCondition { Text = randn([1, 5, 12], generator: new Generator(2, CPU)) }],
    };

    // What is issued between the start and the end of a transformer are its blocks.
    private sealed class KindsPass : IUNetPass
    {
        private bool _transforms;

        public List<BlockKind> Issued { get; } = [];

        public Tensor Transform(SpatialTransformer transformer, Tensor image, TextTokens text)
        {
            _transforms = true;
            var output = transformer.Apply(image, text, this);
            _transforms = false;
            return output;
        }

        void IBlockListener.Issued() => Issued.Add(_transforms ? BlockKind.CrossAttention : BlockKind.Convolution);
    }

    private sealed class Marked(IReadOnlyList<LaneReuse> lanes, ReuseModes modes) : RecordedPass(lanes, ReuseVariant.BlockInputs, modes)
    {
        public List<int> Marks { get; } = [];

        protected override void Issued(int block) => Marks.Add(block);
    }
}
